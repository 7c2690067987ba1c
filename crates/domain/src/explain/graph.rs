//! Codes of the Graph API as a whole, and of its limits.

use super::{Explanation, Retry, UNKNOWN, Who, says};

/// Explains codes of the Graph API as a whole.
pub(super) const fn graph(code: i64) -> Explanation {
    use {Retry as R, Who as W};
    match code {
        0 => says(
            "Meta could not tell who asks: the access token is not accepted.",
            "Connect the account again.",
            W::Business,
            R::Never,
        ),
        1 => says(
            "Meta failed without saying why; the request may have been done.",
            "Wait for a status of the message before sending it again.",
            W::Meta,
            R::Unknown,
        ),
        2 => says(
            "Meta's service was down for a moment; the request may have been done.",
            "Wait for a status of the message before sending it again.",
            W::Meta,
            R::Unknown,
        ),
        3 => says(
            "The Meta app may not use this function.",
            "Ask Meta for the permission in the app's dashboard.",
            W::Platform,
            R::Never,
        ),
        4 => says(
            "The Meta app made too many requests.",
            "Nothing: it is tried again more slowly.",
            W::Nobody,
            R::Safe,
        ),
        10 => says(
            "A permission is missing or was taken back, or the account may not use this function.",
            "Connect the account again and grant every permission that is asked for.",
            W::Business,
            R::Never,
        ),
        17 => says(
            "The person or system user behind the token made too many requests.",
            "Wait until the limit is over, then try again.",
            W::Nobody,
            R::Later,
        ),
        33 => says(
            "The phone number was deleted at Meta.",
            "Disconnect it here, or add it to the WhatsApp Business Account again.",
            W::Business,
            R::Never,
        ),
        100 => says(
            "A parameter is wrong or missing, or what it names does not exist or may not be seen.",
            "Correct the request; check that the account is still connected.",
            W::Platform,
            R::Never,
        ),
        102 | 104 => says(
            "The request carried no valid access token.",
            "Connect the account again.",
            W::Business,
            R::Never,
        ),
        190 => says(
            "The access token is no longer valid: it expired, or the person changed the password or removed the app.",
            "Connect the account again.",
            W::Business,
            R::Never,
        ),
        200..=299 => says(
            "The token lacks a permission for this.",
            "Connect the account again and grant every permission that is asked for.",
            W::Business,
            R::Never,
        ),
        368 => says(
            "Meta restricted the account for breaking its policy.",
            "Read the restriction in WhatsApp Manager, and appeal there.",
            W::Business,
            R::Never,
        ),
        613 => says(
            "Too many requests of this kind in a short time.",
            "Nothing: it is tried again more slowly.",
            W::Nobody,
            R::Safe,
        ),
        803 => says(
            "What the request names does not exist at Meta.",
            "Check the id; connect the account again if it moved.",
            W::Platform,
            R::Never,
        ),
        _ => UNKNOWN,
    }
}

/// Explains the rate limits of a business.
pub(super) const fn limits(code: i64) -> Explanation {
    match code {
        80_007 => says(
            "The WhatsApp Business Account made too many requests.",
            "Nothing: it is tried again more slowly.",
            Who::Nobody,
            Retry::Safe,
        ),
        80_008 => says(
            "The business made too many management requests for this WhatsApp Business Account.",
            "Nothing: it is tried again more slowly.",
            Who::Nobody,
            Retry::Safe,
        ),
        _ => UNKNOWN,
    }
}
