//! `/_sandbox/webhooks/raw` and `/samples`: webhooks without a cause in the sandbox.

use actix_web::web::{Data, Json, ServiceConfig, get, post, resource};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, ControlError};
use super::webhooks::app_id;
use crate::context::Context;
use crate::state::World;
use crate::webhooks::{
    Delivery, Emission, Held, Marks, Sample, Shape, Signing, Update, escaped, samples, single_body,
};

/// A webhook to send: a whole body, a field with its value, or a sample.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Raw {
    /// Send it to this app alone, whatever it subscribes to. Otherwise a body goes to the first app.
    app_id: Option<String>,
    waba_id: Option<String>,
    phone_number_id: Option<String>,
    /// `entry.id`. The default is the WABA's.
    entry_id: Option<String>,
    /// `entry.time`, unix seconds.
    time: Option<i64>,
    field: Option<String>,
    /// For a sample: fields that replace those of its value.
    value: Option<Value>,
    sample: Option<String>,
    /// The exact bytes, as text or in base64.
    body: Option<String>,
    body_base64: Option<String>,
    signature: Option<Signing>,
    /// Send it there instead of to the callback.
    url: Option<String>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/webhooks/raw").route(post().to(send)))
        .service(resource("/webhooks/samples").route(get().to(list)));
}

async fn list() -> Answer {
    let view = |(name, sample): (String, Sample)| {
        (
            name,
            json!({
                "field": sample.field,
                "value": sample.value,
                "source": sample.source,
                "grade": sample.grade,
            }),
        )
    };
    let data: serde_json::Map<String, Value> = samples().into_iter().map(view).collect();
    Ok(Json(Value::Object(data)))
}

async fn send(context: Data<Context>, raw: Json<Raw>) -> Answer {
    let raw = raw.into_inner();
    let emission = if raw.body.is_some() || raw.body_base64.is_some() {
        whole(&context, raw)?
    } else {
        change(&context, raw)?
    };
    Ok(Json(json!(emission)))
}

/// Makes a whole body, for one app.
fn whole(context: &Context, raw: Raw) -> Result<Emission, ControlError> {
    let invalid = |text: &str| ControlError::Invalid(text.to_owned());
    if raw.field.is_some() || raw.value.is_some() || raw.sample.is_some() {
        return Err(invalid(
            "a body is sent as it is, without field, value or sample",
        ));
    }
    let body = match (raw.body, raw.body_base64) {
        (Some(text), None) => Bytes::from(text),
        (None, Some(text)) => STANDARD
            .decode(text)
            .map(Bytes::from)
            .map_err(|_| invalid("bodyBase64 must be base64"))?,
        _ => return Err(invalid("give either body or bodyBase64")),
    };
    let app_id = app_id(context, raw.app_id)?;
    let target = Held {
        app_id: app_id.clone(),
        entry_id: String::new(),
        waba_id: raw.waba_id,
        phone_id: raw.phone_number_id,
        time: None,
        field: String::new(),
        value: String::new(),
    };
    deliver(
        context,
        &target,
        body,
        0,
        raw.signature.unwrap_or_default(),
        raw.url,
    )
}

/// Makes a change of one field, for all apps that subscribe to it or for one app.
fn change(context: &Context, raw: Raw) -> Result<Emission, ControlError> {
    let invalid = |text: &str| ControlError::Invalid(text.to_owned());
    let named = raw.app_id.is_some() || raw.signature.is_some() || raw.url.is_some();
    let app_id = app_id(context, raw.app_id.clone())?;
    let waba_id = context.store.read(|world: &World| {
        let phone = raw.phone_number_id.as_ref().and_then(|id| world.phone(id));
        let of_phone = phone.map(|phone| phone.waba_id.clone());
        raw.waba_id.clone().or(of_phone)
    });
    let waba_id = waba_id.ok_or_else(|| invalid("wabaId or a known phoneNumberId is missing"))?;
    let (field, value, time, entry_id) = match &raw.sample {
        Some(name) => from_sample(context, &raw, name, &app_id, &waba_id)?,
        None => {
            let field = raw
                .field
                .clone()
                .ok_or_else(|| invalid("field, sample or body is missing"))?;
            let value = raw
                .value
                .clone()
                .ok_or_else(|| invalid("value is missing"))?;
            (field, value, raw.time, None)
        }
    };
    let entry_id = raw.entry_id.or(entry_id);
    if !named && entry_id.is_none() {
        let update = Update {
            waba_id,
            phone_id: raw.phone_number_id,
            time,
            field,
            value,
        };
        return Ok(context.webhooks.emit(&[update])?);
    }
    let held = Held {
        app_id,
        entry_id: entry_id.unwrap_or_else(|| waba_id.clone()),
        waba_id: Some(waba_id),
        phone_id: raw.phone_number_id,
        time,
        field,
        value: escaped(&value),
    };
    match (raw.signature, raw.url) {
        (None, None) => Ok(context.webhooks.emit_to(vec![held])?),
        (signing, url) => {
            let body = Bytes::from(single_body(&held, Shape::Changes));
            deliver(context, &held, body, 1, signing.unwrap_or_default(), url)
        }
    }
}

type Change = (String, Value, Option<i64>, Option<String>);

fn from_sample(
    context: &Context,
    raw: &Raw,
    name: &str,
    app_id: &str,
    waba_id: &str,
) -> Result<Change, ControlError> {
    let sample = samples()
        .remove(name)
        .ok_or_else(|| ControlError::Invalid(format!("there is no sample {name}")))?;
    Ok(context.store.read(|world| {
        let now = world.now();
        let named = raw.phone_number_id.as_ref().and_then(|id| world.phone(id));
        let first = || world.phones.iter().find(|phone| phone.waba_id == waba_id);
        let marks = Marks {
            app_id,
            waba_id,
            phone: named.or_else(first),
            now,
        };
        let mut value = marks.fill(world, &sample.value);
        if let (Some(fields), Some(Value::Object(over))) = (value.as_object_mut(), &raw.value) {
            fields.extend(over.clone());
        }
        let time = raw.time.or_else(|| sample.time.then(|| now.timestamp()));
        let business = world.waba(waba_id).map(|waba| waba.business_id.clone());
        let entry = sample.entry.is_some().then_some(business).flatten();
        (sample.field, value, time, entry)
    }))
}

fn deliver(
    context: &Context,
    target: &Held,
    body: Bytes,
    updates: usize,
    signing: Signing,
    url: Option<String>,
) -> Result<Emission, ControlError> {
    let url = url.or_else(|| context.webhooks.callback_of(target));
    let url = url.ok_or_else(|| ControlError::NotFound("the app has no callback".to_owned()))?;
    if url::Url::parse(&url).is_err() {
        return Err(ControlError::Invalid("url must be a URL".to_owned()));
    }
    let delivery = Delivery {
        app_id: target.app_id.clone(),
        url,
        updates,
        fields: Some(target.field.clone())
            .filter(|field| !field.is_empty())
            .into_iter()
            .collect(),
        body,
        signing,
        due: context.store.read(World::now),
    };
    let repeats = context.store.read(|world| world.knobs.repeats);
    Ok(Emission {
        apps: [target.app_id.clone()].into(),
        deliveries: context.webhooks.enqueue(vec![delivery; repeats])?,
        ..Emission::default()
    })
}
