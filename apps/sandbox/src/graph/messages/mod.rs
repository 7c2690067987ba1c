//! `POST <phone>/messages`: messages, read marks and typing indicators of businesses.

mod check;
mod content;
mod direct;
mod fit;
mod interactive;
mod marketing;
mod recipient;
mod template;

pub(super) use direct::is_generated;
pub(super) use recipient::number_of;

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::auth::{self, MESSAGE_WHATSAPP};
use super::{GraphError, blocks, templates};
use crate::call::Call;
use crate::clock::Time;
use crate::context::Context;
use crate::customer::{Event, Person};
use crate::put::Put as _;
use crate::sending::{
    Acceptance, Charge, HeldMessage, MarketingKnobs, Plan, Recipient, Refusal, SendingKnobs, Sent,
    Shown, TOLD_BY_STATUS, Window,
};
use crate::state::{Phone, WabaExtras, World};
use crate::wamid;
use content::Content;
use recipient::To;

/// The time for which a customer's message opens the window.
const WINDOW: chrono::Duration = chrono::Duration::hours(24);

/// Tells whether the call sends something, read marks included. Such a call counts for throughput and not for the
/// limit of calls.
pub(crate) fn is_sending(call: &Call) -> bool {
    call.method == "POST"
        && matches!(
            call.segments().as_slice(),
            [_, "messages" | "marketing_messages" | "media"]
        )
}

/// Tells whether the call sends a message.
pub(crate) fn is_message(call: &Call) -> bool {
    call.method == "POST"
        && match call.segments().as_slice() {
            [_, "messages"] => call.param("status").is_none(),
            [_, edge] => *edge == "marketing_messages",
            _ => false,
        }
}

/// The edge by which a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// `/messages`.
    Messages,
    /// `/marketing_messages`.
    Marketing,
}

/// Answers `POST {phone}/messages`.
pub(crate) fn post(context: &Context, call: &Call, phone_id: &str) -> Result<Value, GraphError> {
    if call.param("status").is_some() {
        return mark(context, call, phone_id);
    }
    counted(context, send(context, call, phone_id, Route::Messages))
}

/// Answers `POST {phone}/marketing_messages`.
pub(crate) fn post_marketing(
    context: &Context,
    call: &Call,
    phone_id: &str,
) -> Result<Value, GraphError> {
    counted(context, send(context, call, phone_id, Route::Marketing))
}

/// Counts a refusal.
fn counted(context: &Context, result: Result<Value, GraphError>) -> Result<Value, GraphError> {
    if let Err(error) = &result {
        context.sending.ledger.refuse(error.code());
    }
    result
}

/// The sending number.
struct Sender {
    now: Time,
    key: String,
    digits: String,
    waba_id: Arc<str>,
    business_id: String,
    tier: String,
    rate: u32,
    /// Tells whether marketing messages go by their own route.
    is_onboarded: bool,
    /// Tells whether `/messages` refuses marketing templates.
    bars_marketing: bool,
    is_misclassified: bool,
    /// Tells whether the portfolio may use Direct Send.
    may_send_directly: bool,
}

/// Finds the caller's number, if it may send.
fn sender(world: &World, call: &Call, phone_id: &str) -> Result<Sender, GraphError> {
    let now = world.now();
    let token = auth::holder(world, call, now)?;
    auth::require_scope(&token, MESSAGE_WHATSAPP)?;
    let phone: &Phone = auth::phone(world, &token, phone_id, "post")?;
    if call.param("messaging_product") != Some(PRODUCT) {
        return Err(no_product());
    }
    if !phone.is_connected() {
        return Err(GraphError::of(133_010));
    }
    let waba = world.waba(&phone.waba_id);
    let business = waba.and_then(|waba| world.business(&waba.business_id));
    let extras = waba.map(|waba| &waba.extras);
    let tier = business.map(|it| it.messaging_limit_tier.clone());
    let tier = tier.unwrap_or_default();
    // Meta opened Direct Send to portfolios of these limits in October 2026.
    let is_large = matches!(tier.as_str(), "TIER_100K" | "TIER_UNLIMITED");
    Ok(Sender {
        now,
        key: world.key.clone(),
        digits: phone.digits(),
        waba_id: phone.waba_id.as_str().into(),
        business_id: business.map(|it| it.id.clone()).unwrap_or_default(),
        tier,
        rate: phone.messages_a_second(),
        is_onboarded: extras.is_some_and(WabaExtras::is_onboarded),
        bars_marketing: extras.is_some_and(|it| it.disable_marketing_on_cloud_api),
        is_misclassified: extras.is_some_and(|it| it.misclassified),
        may_send_directly: extras.and_then(|it| it.direct_send).unwrap_or(is_large),
    })
}

/// The knobs that apply to one message.
struct Rules {
    is_open: bool,
    is_metered: bool,
    pairs_are_metered: bool,
    tiers_count: bool,
    batch: usize,
    refused: Option<i64>,
    marketing: MarketingKnobs,
    at_once: Vec<i64>,
}

impl Rules {
    fn new(knobs: &SendingKnobs, number: &str) -> Self {
        let special = knobs.recipient(number);
        let marketing = special.map(|it| it.marketing).unwrap_or_default();
        let special = special.and_then(|it| it.refuse);
        let stranger = (!number.is_empty() && !knobs.allows(number)).then_some(131_030);
        Self {
            is_open: knobs.window == Window::Open,
            is_metered: knobs.metering.is_on(),
            pairs_are_metered: knobs.pairs.is_on(),
            tiers_count: knobs.tiers.is_on(),
            batch: knobs.batch,
            refused: special.or(stranger),
            marketing,
            at_once: knobs.refuse_at_once.clone(),
        }
    }

    /// Returns the code of an error that Meta tells by a status of the accepted message. Other errors refuse the call.
    fn later(&self, error: GraphError) -> Result<i64, GraphError> {
        let code = error.code();
        match TOLD_BY_STATUS.contains(&code) && !self.at_once.contains(&code) {
            true => Ok(code),
            false => Err(error),
        }
    }
}

/// A message whose form is right.
struct Parsed<'a> {
    to: To,
    input: recipient::Input,
    content: Content<'a>,
    opaque: Option<&'a str>,
}

/// Reads and checks a message by its form alone.
fn parse(body: &Map<String, Value>) -> Result<Parsed<'_>, GraphError> {
    let (to, input) = recipient::read(body)?;
    let content = content::read(body)?;
    let opaque = check::opaque(body)?;
    check::without_nul(body)?;
    if matches!(to, To::Group(_)) && !content.is_for_groups {
        return Err(GraphError::of(130_501));
    }
    Ok(Parsed {
        to,
        input,
        content,
        opaque,
    })
}

/// The refusal of a message's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRefusal {
    /// Meta's code.
    pub code: i64,
    /// Meta's message.
    pub message: String,
    /// Meta's details of the fault, where the message does not say it.
    pub details: Option<String>,
}

/// Judges the JSON body of `POST <phone>/messages` by its form alone. Whether its recipient, files and template exist,
/// and whether the window is open, only a running sandbox knows.
///
/// # Errors
/// The first fault, as the sandbox answers it.
///
/// ```
/// let body = serde_json::json!({"messaging_product": "whatsapp", "to": "+15550100123", "text": {"body": ""}});
/// let refusal = wabakit_sandbox::judge_message(&body).unwrap_err();
/// assert_eq!(refusal.code, 100);
/// ```
pub fn judge_message(body: &Value) -> Result<(), MessageRefusal> {
    let judged = match body {
        Value::Object(body)
            if body
                .get("messaging_product")
                .is_some_and(|it| it == PRODUCT) =>
        {
            parse(body).map(|_| ())
        }
        Value::Object(_) => Err(no_product()),
        _ => Err(GraphError::new(
            100,
            "(#100) The body must be a JSON object",
        )),
    };
    judged.map_err(MessageRefusal::of)
}

/// Judges the `template` object of a message against the template, as Meta shows it: `name`, `language`, `status`,
/// `category`, `parameter_format` and `components`. A field of the template that is left out is not judged.
///
/// # Errors
/// The first fault, as the sandbox answers it when the message is sent.
///
/// ```
/// use serde_json::json;
///
/// let template = json!({
///     "name": "visit", "language": "en_US", "status": "APPROVED", "category": "UTILITY",
///     "parameter_format": "POSITIONAL",
///     "components": [{"type": "BODY", "text": "Your visit is on {{1}}, see you."}],
/// });
/// let message = json!({"name": "visit", "language": {"code": "en_US"}});
/// let refusal = wabakit_sandbox::judge_template(&template, &message).unwrap_err();
/// assert_eq!(refusal.code, 132_000);
/// ```
pub fn judge_template(template: &Value, message: &Value) -> Result<(), MessageRefusal> {
    template::judge(template, message).map_err(MessageRefusal::of)
}

impl MessageRefusal {
    fn of(error: GraphError) -> Self {
        Self {
            code: error.code(),
            message: error.message().to_owned(),
            details: error.details().map(str::to_owned),
        }
    }
}

/// The only value of `messaging_product`.
const PRODUCT: &str = "whatsapp";

fn no_product() -> GraphError {
    GraphError::new(100, "(#100) The parameter messaging_product is required.")
}

fn send(context: &Context, call: &Call, phone_id: &str, route: Route) -> Result<Value, GraphError> {
    let sender = context.store.read(|world| sender(world, call, phone_id))?;
    let body = call.object();
    let body = body.as_ref();
    let Parsed {
        to,
        input,
        content,
        opaque,
    } = parse(body)?;
    let direct = match route {
        Route::Messages => direct::read(body, &content, &to)?,
        Route::Marketing => {
            marketing::check(body, &content, &sender)?;
            None
        }
    };
    if let Some(direct) = &direct {
        context.store.read(|world| direct.may_go(world, &sender))?;
    }
    let (person, group) = match to {
        To::Group(id) => (None, Some(id)),
        To::Number(number) => (Some(person(context, &sender, &number)), None),
        To::User(id) => {
            let number = recipient::number_of(context, &sender.business_id, phone_id, &id);
            let known = number.map(|number| person(context, &sender, &number));
            (known, None)
        }
    };
    let is_nobody = person.is_none() && group.is_none();
    let number = person.as_ref().map_or("", |it| it.number.as_str());
    if number == sender.digits {
        return Err(GraphError::of(131_021));
    }
    let key = body
        .get("recipient_identity_key_hash")
        .and_then(Value::as_str);
    let known = person.as_ref().and_then(|it| it.identity_hash.as_deref());
    if let (Some(key), Some(known)) = (key, known)
        && key != known
    {
        return Err(GraphError::of(137_000));
    }
    let rules = context
        .store
        .read(|world| Rules::new(&world.sending, number));
    if let Some(code) = rules.refused {
        return Err(GraphError::of(code));
    }
    let is_blocked = |world: &World| blocks::is_blocked(world, phone_id, number);
    if context.store.read(is_blocked) {
        return Err(GraphError::of(130_403));
    }
    // The first error that only a status tells.
    let mut fails = None;
    if is_nobody {
        fails = Some(rules.later(GraphError::of(131_026))?);
    }
    let of_template = content.template.iter().flat_map(|used| &used.media);
    for media in content.media.iter().chain(of_template) {
        if let Err(error) = content::own_media(context, phone_id, sender.now, media) {
            fails = fails.or(Some(rules.later(error)?));
        }
    }
    let is_inside = rules.is_open || group.is_some() || {
        let last = context.chat.last_from(number, phone_id);
        last.is_some_and(|last| last <= sender.now && sender.now - last < WINDOW)
    };
    let mut paced = None;
    let category = match &content.template {
        Some(used) => {
            let by_user_id = !input.is_number;
            let way = context
                .store
                .read(|world| template::way(world, &sender, used, by_user_id, route))?;
            if way.is_marketing {
                if let Some(code) = rules.marketing.refuse {
                    return Err(GraphError::of(code));
                }
                fails = fails.or(rules.marketing.fail);
            }
            paced = way.paced;
            way.category
        }
        None if let Some(direct) = &direct => direct.category,
        None if is_inside || is_nobody => "service",
        None => {
            fails = fails.or(Some(rules.later(GraphError::of(131_047))?));
            "service"
        }
    };
    admit(context, phone_id, number, &sender, &rules)?;
    let is_within_limit = is_inside
        || fails.is_some()
        || !rules.tiers_count
        || context
            .sending
            .tiers
            .admit(&sender.business_id, number, &sender.tier, sender.now);
    if !is_within_limit {
        fails = Some(rules.later(GraphError::of(131_048))?);
    }
    let to = match (&group, is_nobody) {
        (Some(group), _) => group.as_str(),
        (None, true) => input.text.as_str(),
        (None, false) => number,
    };
    let who = match input.is_number {
        true => to,
        false => input.text.as_str(),
    };
    let acceptance = Acceptance {
        phone_id,
        to,
        who,
        opaque,
    };
    let sequence = context
        .sending
        .ledger
        .accept(&acceptance)
        .map_err(|_| GraphError::of(2))?;
    let id = wamid::sent(&sender.key, sequence, who);
    let template_id = direct.map(|direct| direct.template(&context.store, &sender, &content));
    let plan = context
        .store
        .read(|world| Plan::new(&world.sending, number, sequence, content.kind, fails));
    // Of a template that Meta paces, the first messages go and the rest is held.
    let held = paced.filter(|id| {
        let has_room = !plan.fails() && !context.sending.held.is_full();
        has_room
            && context
                .store
                .change(|world| templates::hold(world, id, sender.now))
    });
    let answer = answer(
        &input,
        &id,
        body,
        person.as_ref(),
        group.as_deref(),
        &content,
        held.is_some(),
    );
    let recipient = match (person, group) {
        (Some(person), _) => Recipient::Person {
            person,
            by_number: input.is_number,
        },
        (None, Some(id)) => Recipient::Group {
            members: members(context, &sender, phone_id, &id),
            id,
        },
        (None, None) => Recipient::Nobody {
            user_id: input.text,
        },
    };
    if let Recipient::Person { person, .. } = &recipient {
        context.sending.people.remember(person);
    }
    let shown = shown(&sender, &recipient, &id, body, &content);
    let sent = Sent {
        wamid: id,
        phone_id: phone_id.into(),
        waba_id: sender.waba_id,
        display_phone_number: sender.digits,
        recipient,
        opaque: opaque.map(str::to_owned),
        category,
        template_id,
        time: sender.now,
    };
    if let Some(id) = held {
        context
            .sending
            .held
            .hold(id, HeldMessage { sent, plan, shown });
        context.agenda.notify_one();
        return Ok(answer);
    }
    if !plan.fails() {
        show(context, phone_id, sender.now, &shown);
    }
    let outbox = &context.sending.outbox;
    outbox.add(sent, &plan, rules.batch, Instant::now());
    Ok(answer)
}

fn person(context: &Context, sender: &Sender, number: &str) -> Person {
    let of = |world: &World| Person::of(world, number, &sender.business_id);
    context.store.read(of)
}

/// Returns the members of a group of this number, as far as the sandbox knows them.
fn members(context: &Context, sender: &Sender, phone_id: &str, group: &str) -> Vec<Person> {
    context.store.read(|world| {
        let known = world.groups.get(group);
        let group = known.filter(|group| group.phone_number_id == phone_id);
        let numbers = group.into_iter().flat_map(|group| &group.participants);
        let member = |number: &String| Person::of(world, number, &sender.business_id);
        numbers.map(member).collect()
    })
}

/// Charges the message to the allowances of the number and of the pair.
fn admit(
    context: &Context,
    phone_id: &str,
    number: &str,
    sender: &Sender,
    rules: &Rules,
) -> Result<(), GraphError> {
    if context.sending.ledger.is_full() || context.sending.outbox.is_full() {
        return Err(GraphError::of(131_016));
    }
    let charge = Charge {
        phone_id,
        rate: rules.is_metered.then_some(sender.rate),
        recipient: (rules.pairs_are_metered && !number.is_empty()).then_some(number),
    };
    let admitted = context.sending.limits.admit(&charge, Instant::now());
    admitted.map_err(|refusal| {
        GraphError::of(match refusal {
            Refusal::Maintenance => 131_057,
            Refusal::Throughput => 130_429,
            Refusal::Pair => 131_056,
        })
    })
}

/// Makes the message as the phone of the customer or of each member of the group shows it.
fn shown(
    sender: &Sender,
    recipient: &Recipient,
    id: &str,
    body: &Map<String, Value>,
    content: &Content<'_>,
) -> Shown {
    let mut message = json!({
        "id": id,
        "from": sender.digits,
        "timestamp": sender.now.timestamp().to_string(),
        "type": content.kind,
        content.kind: content.value,
    });
    let about = body.get("context").and_then(|it| it.get("message_id"));
    if let Some(about) = about.filter(|it| !it.is_null()) {
        message.put("context", json!({ "id": about }));
    }
    let people = match recipient {
        Recipient::Person { person, .. } => std::slice::from_ref(person),
        Recipient::Group { id, members } => {
            message.put("group_id", json!(id));
            members.as_slice()
        }
        Recipient::Nobody { .. } => &[],
    };
    let numbers = people.iter().map(|person| person.number.clone()).collect();
    Shown { message, numbers }
}

/// Shows a message on phones.
fn show(context: &Context, phone_id: &str, now: Time, shown: &Shown) {
    for number in &shown.numbers {
        let message = shown.message.clone();
        let events = vec![Event::Sent { message }];
        if let Err(error) = context.chat.add(number, phone_id, now, events) {
            tracing::error!(%error, "a message that was accepted is not on the phone");
        }
    }
}

/// Sends the messages of a template that were held.
pub(crate) fn release(context: &Context, template_id: &str) {
    let (now, batch) = context
        .store
        .read(|world| (world.now(), world.sending.batch));
    for message in context.sending.held.take(template_id) {
        show(context, &message.sent.phone_id, now, &message.shown);
        let outbox = &context.sending.outbox;
        outbox.add(message.sent, &message.plan, batch, Instant::now());
    }
}

/// Fails the messages of a template that were held.
pub(crate) fn drop_held(context: &Context, template_id: &str) {
    let batch = context.store.read(|world| world.sending.batch);
    let plan = Plan::failure(132_015);
    for message in context.sending.held.take(template_id) {
        let outbox = &context.sending.outbox;
        outbox.add(message.sent, &plan, batch, Instant::now());
    }
}

fn answer(
    input: &recipient::Input,
    id: &str,
    body: &Map<String, Value>,
    person: Option<&Person>,
    group: Option<&str>,
    content: &Content<'_>,
    is_held: bool,
) -> Value {
    let mut contact = json!({ "input": input.text });
    match (person, group) {
        (Some(person), _) if input.is_number => {
            contact.put("wa_id", json!(person.number));
            // With both given the number wins, and the id is told all the same.
            if let Some(id) = body.get("recipient").filter(|it| it.is_string()) {
                contact.put("user_id", id.clone());
            }
        }
        (None, Some(group)) => contact.put("group_id", json!(group)),
        (_, None) => contact.put("user_id", json!(input.text)),
        (Some(_), Some(_)) => {}
    }
    let mut message = json!({ "id": id });
    if content.template.is_some() {
        let status = match is_held {
            true => "held_for_quality_assessment",
            false => "accepted",
        };
        message.put("message_status", json!(status));
    }
    json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [message] })
}

/// Handles `status: read`, with or without a typing indicator.
fn mark(context: &Context, call: &Call, phone_id: &str) -> Result<Value, GraphError> {
    let sender = context.store.read(|world| sender(world, call, phone_id))?;
    if call.param("status") != Some("read") {
        return Err(GraphError::parameter("status must be read"));
    }
    let id = call
        .param("message_id")
        .ok_or_else(|| GraphError::parameter("message_id is required"))?;
    let unknown = || GraphError::value("The message_id is of no message to this number.");
    let customer = writer(context, &sender, phone_id, id).ok_or_else(unknown)?;
    let mut events = vec![Event::Read { id: id.to_owned() }];
    if call.param("typing_indicator").is_some() {
        let indicator = call.value("typing_indicator");
        if indicator.is_some_and(|it| it.get("type").and_then(Value::as_str) != Some("text")) {
            return Err(GraphError::value("typing_indicator['type'] must be text"));
        }
        events.push(Event::Typing { id: id.to_owned() });
    }
    context
        .chat
        .add(&customer, phone_id, sender.now, events)
        .map_err(|_| GraphError::of(2))?;
    Ok(json!({ "success": true }))
}

/// Finds the author of a customer's message by any spelling of its id.
fn writer(context: &Context, sender: &Sender, phone_id: &str, id: &str) -> Option<String> {
    let found = context.chat.writer(phone_id, id);
    found.or_else(|| {
        let who = wamid::who(id)?;
        let number = recipient::number_of(context, &sender.business_id, phone_id, &who);
        let person = person(context, sender, &number.unwrap_or(who));
        let spellings = [
            Some(person.number),
            Some(person.user_id),
            person.parent_user_id,
        ];
        let mut spellings = spellings.into_iter().flatten();
        spellings.find_map(|who| context.chat.writer(phone_id, &wamid::spelled(id, &who)))
    })
}
