//! The path of every call to Meta's side: fault, answer, ledger.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{FromRequest as _, HttpRequest, HttpResponse, HttpResponseBuilder};
use futures::stream;

use crate::call::{Call, content_type};
use crate::context::Context;
use crate::download;
use crate::faults::{self, Fault, LONGEST_MS, Then};
use crate::graph::batch::{self, Operation};
use crate::graph::{self, Download, GraphError, Subject, versions};
use crate::ledger::Entry;
use crate::media::Form;
use crate::meter::Usage;
use crate::secrets;
use crate::state::World;
use crate::{dialog, meter};

/// Answers every path outside of the control API.
pub(crate) async fn entry(
    request: HttpRequest,
    payload: Payload,
    context: Data<Context>,
) -> HttpResponse {
    let mut payload = payload.into_inner();
    let call = if content_type(&request).starts_with("multipart/form-data") {
        let form = Form::read(request.headers(), payload, context.media.folder()).await;
        Call::read(&request, &Bytes::new(), form)
    } else {
        match Bytes::from_request(&request, &mut payload).await {
            Ok(body) => Call::read(&request, &body, None),
            Err(error) => return error.error_response(),
        }
    };
    match batch::operations(&call) {
        None => one(&context, &call).await.unwrap_or_else(broken),
        Some(Ok(operations)) => several(&context, &call, &operations).await,
        Some(Err(error)) => error.response(&trace_id(&context, 0), &[]),
    }
}

/// Answers the operations of a batch, one after the other. The answer of an operation whose connection a fault breaks
/// is null, as that of one that Meta did not finish.
async fn several(context: &Context, call: &Call, operations: &[Operation]) -> HttpResponse {
    let mut answers: Vec<Option<batch::Answer>> = Vec::new();
    for operation in operations {
        let Some(inner) = operation.call(call, operations, &answers) else {
            answers.push(None);
            continue;
        };
        let answer = match one(context, &inner).await {
            Some(response) => batch::Answer::of(response).await,
            None => None,
        };
        answers.push(answer);
    }
    HttpResponse::Ok().json(batch::list(call, operations, &answers))
}

/// Answers one call. `None` when a fault breaks the connection.
async fn one(context: &Context, call: &Call) -> Option<HttpResponse> {
    let fault = take_fault(context, call).await;
    let Some(fault) = fault else {
        return Some(serve(context, call, None).await);
    };
    let then = &fault.order.then;
    if let Some(delay) = then.delay_ms {
        wait(context, delay).await;
    }
    let answer = serve(context, call, Some(&fault)).await;
    if then.hang {
        wait(context, LONGEST_MS).await;
    }
    (!then.breaks_connection()).then_some(answer)
}

async fn take_fault(context: &Context, call: &Call) -> Option<Fault> {
    let meets = |fault: &Fault| fault.order.matcher.meets(&call.method, &call.path);
    if !context.store.read(|world| world.faults.iter().any(meets)) {
        return None;
    }
    let fault = context
        .store
        .change(|world| faults::strike(&mut world.faults, &call.method, &call.path));
    // Counts of faults on messages are written with the next change, because there are thousands of messages.
    if !graph::is_sending(call)
        && let Err(error) = context.store.flush().await
    {
        tracing::error!(%error, "the count of a fault was not kept");
    }
    fault
}

async fn serve(context: &Context, call: &Call, fault: Option<&Fault>) -> HttpResponse {
    let struck = fault.filter(|fault| fault.order.then.replaces_answer());
    match call.segments().as_slice() {
        ["dialog", "oauth"] => match struck {
            Some(fault) => {
                if fault.order.then.processes() {
                    dialog::answer(context, call).await;
                }
                replaced(fault, &trace_id(context, 0)).0
            }
            None => dialog::answer(context, call).await,
        },
        ["sdk.js"] | [_, "sdk.js"] => dialog::sdk(),
        ["whatsapp_business", "attachments"] => serve_media(context, call, fault, struck),
        _ => serve_graph(context, call, fault, struck).await,
    }
}

/// Serves a media download, spoiled as the fault says.
fn serve_media(
    context: &Context,
    call: &Call,
    fault: Option<&Fault>,
    struck: Option<&Fault>,
) -> HttpResponse {
    let sequence = context.ledger.next_sequence();
    let (response, status) = match (struck, graph::download(context, call)) {
        (Some(fault), _) => {
            let (response, verdict) = replaced(fault, &trace_id(context, sequence));
            (response, verdict.status)
        }
        (None, Download::Found(media, bytes)) => {
            let plain = Then::default();
            let then = fault.map_or(&plain, |fault| &fault.order.then);
            let response = download::answer(&media, bytes, call.range.as_deref(), then);
            let status = response.status().as_u16();
            (response, status)
        }
        (None, Download::Refused(status)) => {
            let code = StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND);
            (HttpResponse::build(code).finish(), status)
        }
    };
    let subject = context.store.read(|world| graph::subject(world, call));
    record(
        context,
        call,
        sequence,
        subject.app_id,
        fault,
        Verdict {
            status,
            ..Verdict::default()
        },
        struck.is_none(),
    );
    response
}

/// The ledger's facts about an answer.
#[derive(Default)]
struct Verdict {
    status: u16,
    code: Option<i64>,
    subcode: Option<i64>,
}

impl Verdict {
    fn of(error: &GraphError) -> Self {
        Self {
            status: error.status(),
            code: Some(error.code()),
            subcode: error.subcode(),
        }
    }
}

async fn serve_graph(
    context: &Context,
    call: &Call,
    fault: Option<&Fault>,
    struck: Option<&Fault>,
) -> HttpResponse {
    let sequence = context.ledger.next_sequence();
    let trace = trace_id(context, sequence);
    let subject = context.store.read(|world| graph::subject(world, call));
    let processed = struck.is_none_or(|fault| fault.order.then.processes());
    let (response, verdict) = match struck {
        None => {
            let url_is_dead = fault.is_some_and(|fault| fault.order.then.dead_url);
            play(context, call, &subject, &trace, url_is_dead).await
        }
        Some(fault) => {
            let answer = replaced(fault, &trace);
            let is_message = graph::is_message(call);
            if processed {
                let (_, lost) = play(context, call, &subject, &trace, false).await;
                if is_message && lost.status == 200 {
                    context.sending.ledger.lose_answer();
                }
            } else if is_message {
                context.sending.ledger.strike(answer.1.code);
            }
            answer
        }
    };
    record(
        context,
        call,
        sequence,
        subject.app_id,
        fault,
        verdict,
        processed,
    );
    response
}

/// Adds the call to the ledger.
fn record(
    context: &Context,
    call: &Call,
    sequence: u64,
    app: Option<String>,
    fault: Option<&Fault>,
    verdict: Verdict,
    processed: bool,
) {
    let kept = context.ledger.add(Entry {
        sequence,
        time: context.store.read(World::now),
        method: call.method.to_string(),
        version: call.version.clone(),
        path: format!("/{}", call.path),
        params: call.params.keys().cloned().collect(),
        app,
        status: verdict.status,
        code: verdict.code,
        subcode: verdict.subcode,
        fault: fault.map(|fault| fault.id.clone()),
        processed,
    });
    if let Err(error) = kept {
        tracing::error!(%error, "a call is missing in the ledger");
    }
}

/// Returns the real answer.
async fn play(
    context: &Context,
    call: &Call,
    subject: &Subject,
    trace: &str,
    url_is_dead: bool,
) -> (HttpResponse, Verdict) {
    let (mut headers, is_over) = measure(context, subject, !graph::is_sending(call));
    let version = context.store.read(|world| versions::served(world, call));
    let result = match version {
        Err(error) => Err(error),
        Ok(version) => {
            headers.push(("facebook-api-version", version));
            if is_over {
                Err(GraphError::too_many_calls())
            } else {
                run(context, call, url_is_dead).await
            }
        }
    };
    match result {
        Ok(body) => {
            let mut response = HttpResponse::Ok();
            for (name, value) in headers {
                response.insert_header((name, value));
            }
            response.insert_header(("x-fb-trace-id", trace));
            (
                response.json(body),
                Verdict {
                    status: 200,
                    ..Verdict::default()
                },
            )
        }
        Err(error) => {
            let is_openapi = context.store.read(|world| world.quirks.openapi_statuses);
            let error = if is_openapi {
                error.with_openapi_status()
            } else {
                error
            };
            (error.response(trace, &headers), Verdict::of(&error))
        }
    }
}

/// Runs the call. Its changes are in the file before the answer is sent.
async fn run(
    context: &Context,
    call: &Call,
    url_is_dead: bool,
) -> Result<serde_json::Value, GraphError> {
    let result = graph::answer(context, call, url_is_dead).await;
    if graph::changes(call)
        && !graph::is_sending(call)
        && let Err(error) = context.store.flush().await
    {
        tracing::error!(%error, "the state cannot be kept");
        return Err(GraphError::new(2, "Service temporarily unavailable"));
    }
    result
}

type Headers = Vec<(&'static str, String)>;

/// Counts the call, and returns the usage headers and whether a limit is exceeded. Sending is not counted here:
/// throughput limits it.
fn measure(context: &Context, subject: &Subject, counts: bool) -> (Headers, bool) {
    let now = context.store.read(World::now);
    let mut headers = Vec::new();
    let mut over = false;
    let Some(app_id) = &subject.app_id else {
        return (headers, over);
    };
    let (told, is_unlimited) = context.store.read(|world| {
        let told = world.quirks.usage;
        let told = told.map(|told| Usage::told(told.percent, told.regain_minutes));
        (told, world.quirks.no_rate_limit)
    });
    let usage = context.meter.app(app_id, now, counts);
    headers.push(("X-App-Usage", meter::app_header(told.unwrap_or(usage))));
    if let Some(waba) = &subject.waba {
        let active = waba.is_active;
        let usage = context.meter.waba(app_id, &waba.id, active, now, counts);
        over = counts && usage.is_over() && !is_unlimited;
        let header = meter::business_header(&waba.business_id, told.unwrap_or(usage));
        headers.push(("X-Business-Use-Case-Usage", header));
    }
    (headers, over)
}

/// Returns the answer of a fault. A fault that breaks the connection has no verdict.
fn replaced(fault: &Fault, trace: &str) -> (HttpResponse, Verdict) {
    let then = &fault.order.then;
    let mut headers = Vec::new();
    if let Some(seconds) = then.retry_after {
        headers.push(("Retry-After", seconds.to_string()));
    }
    let (response, verdict) = match &then.body {
        None => {
            let error = GraphError::from_fault(then);
            (error.response(trace, &headers), Verdict::of(&error))
        }
        Some(body) => {
            let status = then
                .status
                .and_then(|status| StatusCode::from_u16(status).ok());
            let status = status.unwrap_or(StatusCode::BAD_GATEWAY);
            let mut response = HttpResponseBuilder::new(status);
            for (name, value) in headers {
                response.insert_header((name, value));
            }
            let response = response
                .content_type("text/html; charset=utf-8")
                .body(body.clone());
            (
                response,
                Verdict {
                    status: status.as_u16(),
                    ..Verdict::default()
                },
            )
        }
    };
    if then.breaks_connection() {
        (response, Verdict::default())
    } else {
        (response, verdict)
    }
}

/// Breaks the connection: a body that fails at once makes the server close the socket before it has written anything,
/// so the caller sees no answer.
fn broken() -> HttpResponse {
    let failure = std::io::Error::other("a fault was ordered");
    HttpResponse::Ok().streaming(stream::once(async { Err::<Bytes, _>(failure) }))
}

/// Waits in real time, but not longer than the sandbox runs.
async fn wait(context: &Context, milliseconds: u64) {
    let mut stopping = context.stopping.clone();
    let stopped = stopping.wait_for(|stopping| *stopping);
    let sleep = tokio::time::sleep(Duration::from_millis(milliseconds));
    tokio::select! {
        _ = stopped => {}
        () = sleep => {}
    }
}

fn trace_id(context: &Context, sequence: u64) -> String {
    let key = context.store.read(|world| world.key.clone());
    format!(
        "A{}",
        secrets::short(&key, &format!("trace:{sequence}"), 22)
    )
}
