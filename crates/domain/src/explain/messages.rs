//! Codes of messages, calls and groups.

use super::{Explanation, Retry, UNKNOWN, Who, says};

/// Explains why Meta does not accept a message.
pub(super) const fn delivery(code: i64) -> Explanation {
    use {Retry as R, Who as W};
    match code {
        130_403 => says(
            "The business blocked this person.",
            "Unblock the person first, if the message is to be sent.",
            W::Business,
            R::Never,
        ),
        130_429 => says(
            "The number reached its throughput.",
            "Nothing: it is tried again more slowly.",
            W::Nobody,
            R::Safe,
        ),
        130_472 => says(
            "The person is in a group that Meta sends no marketing to, as an experiment.",
            "Nothing can be done for this person; the message is not charged.",
            W::Nobody,
            R::Never,
        ),
        130_497 => says(
            "The business may not send messages to people of this country.",
            "Do not send there; Meta's commerce policy names the countries.",
            W::Business,
            R::Never,
        ),
        130_501 => says(
            "Messages of this type cannot be sent to a group.",
            "Send another type of message.",
            W::Business,
            R::Never,
        ),
        _ => UNKNOWN,
    }
}

/// Explains why a message that a person sent came without its content, where that is not what the code means of a
/// message to the person.
pub(super) const fn received(code: i64) -> Option<Explanation> {
    use {Retry as R, Who as W};
    Some(match code {
        131_051 => says(
            "The person sent a kind of message that Meta does not pass on to programs.",
            "Ask the person to send it in another way, as a text or a picture.",
            W::Customer,
            R::Never,
        ),
        131_052 => says(
            "Meta could not load the file that the person sent.",
            "Ask the person to send it again.",
            W::Customer,
            R::Never,
        ),
        131_060 => says(
            "Meta does not pass on this message: it is only on the business's phone.",
            "Read it in the WhatsApp Business app, and answer the person from here or there.",
            W::Business,
            R::Never,
        ),
        _ => return None,
    })
}

/// Explains why a message or a group request failed.
pub(super) const fn message(code: i64) -> Explanation {
    use {Retry as R, Who as W};
    match code {
        131_000 => says(
            "Meta failed without saying why; the message may have been sent.",
            "Wait for a status of the message before sending it again.",
            W::Meta,
            R::Unknown,
        ),
        131_005 => says(
            "The token may not do this.",
            "Connect the account again and grant every permission that is asked for.",
            W::Business,
            R::Never,
        ),
        131_008 => says(
            "A required part of the message is missing.",
            "Complete the message and send it anew.",
            W::Platform,
            R::Never,
        ),
        131_009 => says(
            "A part of the message has a value that Meta does not accept.",
            "Correct the message and send it anew.",
            W::Platform,
            R::Never,
        ),
        131_016 => says(
            "Meta's service was overloaded; the message may have been sent.",
            "Wait for a status of the message before sending it again.",
            W::Meta,
            R::Unknown,
        ),
        131_021 => says(
            "Sender and recipient are the same number.",
            "Send to another number.",
            W::Business,
            R::Never,
        ),
        131_026 => says(
            "The message cannot be delivered: the number is not on WhatsApp, its app is too old, or the person has not accepted WhatsApp's terms.",
            "Check the number with the person, by another way than WhatsApp.",
            W::Customer,
            R::Never,
        ),
        131_030 => says(
            "A test number may write only to the five numbers on its list.",
            "Add the recipient to the list in the Meta app's dashboard, or use a real number.",
            W::Platform,
            R::Never,
        ),
        131_031 => says(
            "Meta locked the account, or what it was sent did not match what it knows.",
            "Read the reason in WhatsApp Manager, and appeal there.",
            W::Business,
            R::Never,
        ),
        131_037 => says(
            "The number has no approved display name, which a number from Meta needs to send.",
            "Ask for the display name's approval in WhatsApp Manager.",
            W::Business,
            R::Never,
        ),
        131_042 => says(
            "Meta cannot charge the business: there is a problem with its payment method.",
            "Put the payment method right in Meta's billing settings.",
            W::Business,
            R::Never,
        ),
        131_044 => says(
            "Meta cannot charge the business for a call: there is a problem with its payment method.",
            "Put the payment method right in Meta's billing settings.",
            W::Business,
            R::Never,
        ),
        131_045 => says(
            "The number is not registered as it should be.",
            "Register the number again.",
            W::Business,
            R::Never,
        ),
        131_047 => says(
            "More than 24 hours passed since the person last wrote.",
            "Send a template, or wait until the person writes.",
            W::Business,
            R::Never,
        ),
        131_048 => says(
            "Too many people blocked or reported this number, so Meta limits what it may send.",
            "Send less and what people want; look at the number's quality in WhatsApp Manager.",
            W::Business,
            R::Never,
        ),
        131_049 => says(
            "Meta held the message back so that the person does not get too much marketing.",
            "Wait at least 24 hours before sending marketing to this person again.",
            W::Nobody,
            R::Later,
        ),
        131_050 => says(
            "The person does not want marketing from this business.",
            "Send this person no marketing until the person allows it again.",
            W::Customer,
            R::Never,
        ),
        131_051 => says(
            "Messages of this type are not supported.",
            "Send another type of message.",
            W::Platform,
            R::Never,
        ),
        131_052 => says(
            "Meta could not load the file from your link.",
            "Make sure that the link gives the file without a login, and send the message anew.",
            W::Business,
            R::Later,
        ),
        131_053 => says(
            "Meta could not take the file: its type, size or content is not accepted, or it could not be loaded.",
            "Put the file right, and send the message anew.",
            W::Business,
            R::Later,
        ),
        131_055 => says(
            "This way of sending marketing is not open to the number.",
            "Send it as an ordinary message.",
            W::Platform,
            R::Never,
        ),
        131_056 => says(
            "Too many messages went to this one person in a short time.",
            "Nothing: it is tried again after a growing pause; other people are not affected.",
            W::Nobody,
            R::Safe,
        ),
        131_057 => says(
            "Meta maintains the number for a moment, to raise its throughput, say.",
            "Nothing: it is tried again after about a minute.",
            W::Nobody,
            R::Safe,
        ),
        131_060 => says(
            "Meta does not pass on this message.",
            "Read it in the WhatsApp Business app on the business's phone.",
            W::Business,
            R::Never,
        ),
        131_061 => says(
            "The template has a highest price, and such templates go by the Marketing Messages API only.",
            "Send it by the Marketing Messages API.",
            W::Platform,
            R::Never,
        ),
        131_062 => says(
            "This message cannot go to a business-scoped user id; it needs a phone number.",
            "Ask the person for the phone number, or send another kind of message.",
            W::Business,
            R::Never,
        ),
        131_063 => says(
            "This WhatsApp Business Account sends marketing by another way, so Cloud API refuses it.",
            "Send it by the Marketing Messages API, or change the setting in WhatsApp Manager.",
            W::Business,
            R::Never,
        ),
        131_064 => says(
            "Meta limits the account because templates were put into the wrong category.",
            "Correct the categories, and wait until Meta lifts the limit.",
            W::Business,
            R::Never,
        ),
        131_208 => says(
            "The group cannot be changed at this moment.",
            "Wait, and try again.",
            W::Nobody,
            R::Later,
        ),
        131_020 | 131_041 | 131_059 | 131_201 | 131_202 | 131_204 | 131_207..=131_215 => says(
            "Meta refused what was asked of a group: it may not exist any more, be full, or not be allowed to this number.",
            "Read Meta's own words, and look at the group before trying anything else.",
            W::Business,
            R::Never,
        ),
        _ => UNKNOWN,
    }
}
