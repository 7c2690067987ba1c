//! All other codes.

use super::{Explanation, Retry, UNKNOWN, Who, says};

/// Explains all other codes.
pub(super) const fn rest(code: i64) -> Explanation {
    use {Retry as R, Who as W};
    match code {
        2_500 => says(
            "The request carried no valid access token.",
            "Connect the account again.",
            W::Business,
            R::Never,
        ),
        134_011 => says(
            "The terms of WhatsApp payments are not accepted yet.",
            "Accept them in WhatsApp Manager.",
            W::Business,
            R::Never,
        ),
        135_000 => says(
            "Meta does not accept a part of the message, and does not say which.",
            "Compare the message with Meta's documentation of its type, and send it anew.",
            W::Platform,
            R::Never,
        ),
        136_024 => says(
            "The number is verified already.",
            "Nothing: go on with registering it.",
            W::Nobody,
            R::Never,
        ),
        137_000 => says(
            "The person's WhatsApp was set up anew since its identity was last checked.",
            "Check by another way that it is still the same person; then send it without the identity check.",
            W::Business,
            R::Later,
        ),
        138_000..=138_018 => says(
            "Meta refused the call: calling is not set up for the number, the person did not allow it, or a limit is reached.",
            "Read Meta's own words; ask the person for permission to call, or look at the number's calling settings.",
            W::Business,
            R::Never,
        ),
        139_000..=139_004 => says(
            "The flow cannot be sent: Meta found it unhealthy or broken.",
            "Correct the flow in WhatsApp Manager.",
            W::Business,
            R::Never,
        ),
        139_103 => says(
            "Meta failed to change the list of blocked people.",
            "Try again in a moment.",
            W::Nobody,
            R::Later,
        ),
        139_100..=139_102 => says(
            "The person cannot be blocked or unblocked: the list is full, or the person has not written within 24 hours.",
            "Check the list of blocked people.",
            W::Business,
            R::Never,
        ),
        147_001..=147_005 => says(
            "Meta refused the username: it is taken, not allowed, or not open to this number.",
            "Choose another username in WhatsApp Manager.",
            W::Business,
            R::Never,
        ),
        200_005..=200_007 => says(
            "Statistics of templates are not to be had for this account or time.",
            "Turn them on in WhatsApp Manager, or ask for another time.",
            W::Business,
            R::Never,
        ),
        1_752_041 => says(
            "This business is being connected a second time at once.",
            "Finish or close the other window.",
            W::Business,
            R::Never,
        ),
        2_388_012 | 2_388_091 | 2_388_093 | 2_388_103 => says(
            "The number cannot be moved to this WhatsApp Business Account as it is.",
            "Check in WhatsApp Manager that the number may be moved, and that two-step verification is off at its old place.",
            W::Business,
            R::Never,
        ),
        2_494_100 => says(
            "Meta is still moving the number.",
            "Try again in a few minutes.",
            W::Nobody,
            R::Later,
        ),
        2_388_039 => says(
            "The template cannot be changed yet, or too many were changed in a short time.",
            "Wait, and try again.",
            W::Nobody,
            R::Later,
        ),
        2_388_019 | 2_388_040 | 2_388_047 | 2_388_072 | 2_388_073 | 2_388_293 | 2_388_299 => says(
            "Meta refused the template: its format is not accepted, the account has too many, or its state forbids the change.",
            "Correct the template, or remove ones that are not used.",
            W::Business,
            R::Never,
        ),
        2_494_164..=2_494_179 => says(
            "The sign-up within the WhatsApp Business app did not go through.",
            "Go through the steps in the app again.",
            W::Business,
            R::Never,
        ),
        2_593_107 => says(
            "The phone's data was synchronised already; that can be done once.",
            "Disconnect the number in the WhatsApp Business app and connect it again.",
            W::Business,
            R::Never,
        ),
        2_593_108 => says(
            "The phone's data can be synchronised only within 24 hours of connecting.",
            "Disconnect the number in the WhatsApp Business app and connect it again.",
            W::Business,
            R::Never,
        ),
        2_593_109 => says(
            "The business chose not to share its chat history.",
            "Nothing; to share it after all, disconnect the number in the app and connect it again.",
            W::Business,
            R::Never,
        ),
        _ => UNKNOWN,
    }
}
