//! Prints the page of Meta's errors:
//! `cargo run -p wabakit-domain --example errors > docs/errors.md`.
#![allow(
    clippy::print_stdout,
    reason = "the page is written to standard output"
)]

use std::fmt::Write as _;

use wabakit_domain::explain::{self, Explanation, Retry, Who};

const HEAD: &str = "\
# Meta's errors

What each code of Meta's means here, who acts, and whether the same message is sent again. The same table is
behind `GET /api/meta-errors`, the explanations in the dashboard and the sender's decisions. This page is made from
it by `cargo run -p wabakit-domain --example errors > docs/errors.md`; a test compares them.

**Again?** *yes*: Meta refused it before it did anything, so the queue sends it again by itself, as long as the
message has not expired. *unknown*: Meta may have done it; nothing is repeated, a status of the message proves what
happened, and without one a person decides. *later*: not by itself; once what stands under \"What to do\" has happened
or passed. *no*: the same would be refused again.

An access token that Meta does not accept (0, 102, 104, 190, 2500) fails no message: it waits for the account to be
connected again until it expires. A code that is not listed is not sent again.

| Code | What happened | What to do | Who | Again? |
|---:|---|---|---|---|
";

/// Builds the page.
pub(crate) fn page() -> String {
    let mut page = HEAD.to_owned();
    for (codes, told) in explain::all() {
        let (first, last) = (codes.start(), codes.end());
        let codes = match first == last {
            true => first.to_string(),
            false => format!("{first}–{last}"),
        };
        let Explanation { cause, action, .. } = told;
        let of_received = explain::explain_received(*first);
        let (who, retry) = (who(told.who), retry(told.retry));
        // Writing into a string cannot fail.
        let _ = writeln!(page, "| {codes} | {cause} | {action} | {who} | {retry} |");
        if of_received != told {
            let Explanation { cause, action, .. } = of_received;
            let (who, retry) = (self::who(of_received.who), self::retry(of_received.retry));
            let _ = writeln!(
                page,
                "| {codes}, received | {cause} | {action} | {who} | {retry} |"
            );
        }
    }
    page
}

const fn who(who: Who) -> &'static str {
    match who {
        Who::Business => "the business",
        Who::Customer => "the customer",
        Who::Platform => "the platform",
        Who::Meta => "Meta",
        Who::Nobody => "nobody",
    }
}

const fn retry(retry: Retry) -> &'static str {
    match retry {
        Retry::Safe => "yes",
        Retry::Unknown => "unknown",
        Retry::Later => "later",
        Retry::Never => "no",
    }
}

fn main() {
    print!("{}", page());
}
