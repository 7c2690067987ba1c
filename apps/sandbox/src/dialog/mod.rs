//! The login dialog: the request, the person's choice (outcome), the result (decision), and the way back (page,
//! finish).

mod choice;
mod decision;
mod finish;
mod html;
mod outcome;
mod page;
mod request;

use actix_web::HttpResponse;
use actix_web::http::Method;

pub(crate) use html::escape;
pub(crate) use outcome::Outcome;

use crate::call::Call;
use crate::context::Context;
use request::DialogRequest;

/// Answers `dialog/oauth`: the page, or the result of its form.
pub(crate) async fn answer(context: &Context, call: &Call) -> HttpResponse {
    let request = match context.store.read(|world| DialogRequest::read(world, call)) {
        Ok(request) => request,
        Err(reason) => return page::error(&reason),
    };
    let ordered = context.store.read(|world| world.outcomes.front().cloned());
    let chosen = if call.method == Method::POST {
        Some(choice::from_form(call, &request))
    } else {
        ordered.clone().filter(|outcome| outcome.auto)
    };
    let Some(chosen) = chosen else {
        let preset = ordered.unwrap_or_default();
        return context
            .store
            .read(|world| page::form(world, &request, &preset));
    };
    let decision = context.store.change(|world| {
        if world.outcomes.front().is_some_and(|outcome| !outcome.keep) {
            world.outcomes.pop_front();
        }
        decision::decide(world, &request, &chosen)
    });
    if let Err(error) = context.store.flush().await {
        tracing::error!(%error, "the code cannot be kept");
        return page::error("The sandbox cannot write its state.");
    }
    finish::answer(&request, &decision, chosen.code_first)
}

/// Serves the replacement for Meta's JavaScript SDK.
pub(crate) fn sdk() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header(("Cache-Control", "no-cache"))
        .body(include_str!("sdk.js"))
}
