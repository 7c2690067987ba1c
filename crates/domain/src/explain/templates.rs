//! Codes of templates, and of registering numbers.

use super::{Explanation, Retry, UNKNOWN, Who, says};

/// Explains why a template was not sent.
pub(super) const fn template(code: i64) -> Explanation {
    use {Retry as R, Who as W};
    match code {
        132_000 => says(
            "The message has more or fewer values than its template has places.",
            "Give one value for each place of the template.",
            W::Platform,
            R::Never,
        ),
        132_001 => says(
            "The template does not exist in this language, or is not approved.",
            "Load the templates anew, and check name, language and approval.",
            W::Business,
            R::Never,
        ),
        132_005 => says(
            "With its values filled in, the template is too long.",
            "Shorten the values.",
            W::Business,
            R::Never,
        ),
        132_007 => says(
            "The template breaks Meta's policy.",
            "Change the template and have it approved again.",
            W::Business,
            R::Never,
        ),
        132_008 => says(
            "A value is of a kind that its place in the template does not accept.",
            "Correct the values.",
            W::Platform,
            R::Never,
        ),
        132_012 => says(
            "A value has not the format that the template expects.",
            "Correct the values: their type and their place.",
            W::Platform,
            R::Never,
        ),
        132_015 => says(
            "Meta paused the template because people did not like it.",
            "Wait until Meta ends the pause, or improve the template.",
            W::Business,
            R::Later,
        ),
        132_016 => says(
            "Meta disabled the template for good, after it was paused too often.",
            "Make a new template with other content.",
            W::Business,
            R::Never,
        ),
        132_018 => says(
            "A value of the template is not valid: it has line breaks, tabs or many spaces, or is empty.",
            "Correct the value that Meta's own words name.",
            W::Platform,
            R::Never,
        ),
        134_102 => says(
            "The template cannot be sent by the Marketing Messages API.",
            "Check the template and the account's set-up, or send it as an ordinary message.",
            W::Business,
            R::Never,
        ),
        132_068 => says(
            "The flow that the template opens is blocked.",
            "Correct the flow in WhatsApp Manager.",
            W::Business,
            R::Never,
        ),
        132_069 => says(
            "The flow that the template opens is throttled: ten messages an hour.",
            "Correct the flow, and try again within the hour's limit.",
            W::Business,
            R::Later,
        ),
        134_100 => says(
            "Only marketing templates can be sent this way.",
            "Send it as an ordinary message.",
            W::Platform,
            R::Never,
        ),
        134_101 => says(
            "Meta is still preparing the template for this way of sending.",
            "Try again in about ten minutes.",
            W::Nobody,
            R::Later,
        ),
        _ => UNKNOWN,
    }
}

/// Explains why a number was not registered.
pub(super) const fn registration(code: i64) -> Explanation {
    use {Retry as R, Who as W};
    match code {
        133_000 => says(
            "An earlier removal of the number was not finished.",
            "Deregister the number, then register it again.",
            W::Platform,
            R::Later,
        ),
        133_004 => says(
            "Meta's server was not there for a moment.",
            "Nothing: it is tried again.",
            W::Nobody,
            R::Safe,
        ),
        133_005 => says(
            "The two-step verification PIN is wrong.",
            "Enter the number's PIN, or reset it in WhatsApp Manager.",
            W::Business,
            R::Never,
        ),
        133_006 => says(
            "The number must be verified by a code before it is registered.",
            "Verify the number in WhatsApp Manager.",
            W::Business,
            R::Never,
        ),
        133_008 => says(
            "The PIN was wrong too often.",
            "Wait as long as Meta's own words say, then enter the right PIN.",
            W::Business,
            R::Later,
        ),
        133_009 => says(
            "The PIN was entered again too fast.",
            "Wait as long as Meta's own words say, then enter the PIN.",
            W::Business,
            R::Later,
        ),
        133_010 => says(
            "The number is not registered for Cloud API.",
            "Register the number.",
            W::Business,
            R::Never,
        ),
        133_015 => says(
            "The number was removed from WhatsApp a moment ago.",
            "Wait five minutes, then register it again.",
            W::Nobody,
            R::Later,
        ),
        133_016 => says(
            "The number was registered or deregistered ten times within three days.",
            "Wait 72 hours.",
            W::Nobody,
            R::Later,
        ),
        _ => UNKNOWN,
    }
}
