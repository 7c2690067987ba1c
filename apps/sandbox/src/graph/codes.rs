//! Meta's texts for the error codes of messages.

/// Returns the title of a code and its details.
pub(crate) fn words(code: i64) -> (&'static str, &'static str) {
    match code {
        1 => ("An unknown error occurred", "Please try again later."),
        2 => ("Service temporarily unavailable", "Please try again later."),
        4 => (
            "Application request limit reached",
            "The app has reached its API call rate limit.",
        ),
        10 => (
            "Application does not have permission for this action",
            "Permission is either not granted or has been removed.",
        ),
        100 => (
            "Invalid parameter",
            "The request included one or more unsupported or misspelled parameters.",
        ),
        368 => (
            "Temporarily blocked for policies violations",
            "The WhatsApp Business Account has been restricted or disabled.",
        ),
        80_007 => (
            "Rate limit issues",
            "The WhatsApp Business Account has reached its rate limit.",
        ),
        2_593_107 => (
            "Synchronization request limit exceeded",
            "The data of this kind was asked for already.",
        ),
        2_593_108 => (
            "Synchronization request made outside of the allowed time window",
            "The data can be asked for within 24 hours of the onboarding.",
        ),
        138_000 => (
            "Calling not enabled",
            "Calling is not enabled for this phone number.",
        ),
        130_403 => ("User blocked", "The business has blocked this user."),
        130_429 => (
            "Rate limit hit",
            "Message failed to send because there were too many messages sent from this phone \
             number in a short period of time.",
        ),
        130_472 => (
            "User's number is part of an experiment",
            "Failed to send message because this user's phone number is part of an experiment.",
        ),
        130_497 => (
            "Business account is restricted from messaging users in this country.",
            "The business account is restricted from messaging users in certain countries.",
        ),
        130_501 => (
            "Message type is not currently supported",
            "Message type is not supported in a group.",
        ),
        131_000 => (
            "Something went wrong",
            "Message failed to send due to an unknown error.",
        ),
        131_005 => (
            "Access denied",
            "Permission is either not granted or has been removed.",
        ),
        131_008 => (
            "Required parameter is missing",
            "The request is missing a required parameter.",
        ),
        131_009 => (
            "Parameter value is not valid",
            "One or more parameter values are invalid.",
        ),
        131_016 => (
            "Service unavailable",
            "A service is temporarily unavailable.",
        ),
        131_021 => (
            "Recipient cannot be sender",
            "Sender and recipient phone number is the same.",
        ),
        131_026 => (
            "Message undeliverable",
            "Message Undeliverable. The recipient is not a WhatsApp user, has not accepted the \
             terms of service, or uses an old version.",
        ),
        131_030 => (
            "Recipient phone number not in allowed list",
            "Recipient phone number not in allowed list: Add recipient phone number to recipient \
             list and try again.",
        ),
        131_031 => ("Business Account locked", "The account has been locked."),
        131_037 => (
            "WhatsApp provided number needs display name approval before message can be sent.",
            "The 555 business phone number does not have an approved display name.",
        ),
        131_042 => (
            "Business eligibility payment issue",
            "Message failed to send because of one or more errors related to your payment method.",
        ),
        131_045 => (
            "Incorrect certificate",
            "Message failed to send due to a phone number registration error.",
        ),
        131_047 => (
            "Re-engagement message",
            "Message failed to send because more than 24 hours have passed since the customer \
             last replied to this number.",
        ),
        131_048 => (
            "Spam Rate limit hit",
            "Message failed to send because there are restrictions on how many messages can be \
             sent from this phone number.",
        ),
        139_101 => (
            "Block list limit reached",
            "The block list has no room for so many customers.",
        ),
        131_049 => (
            "This message was not delivered to maintain healthy ecosystem engagement.",
            "In order to maintain a healthy ecosystem engagement, the message failed to be \
             delivered.",
        ),
        131_050 => (
            "User has stopped receiving marketing messages",
            "The recipient has chosen to stop receiving marketing messages from the business.",
        ),
        131_051 => (
            "Unsupported message type",
            "Message type is currently not supported.",
        ),
        131_052 => (
            "Media download error",
            "Unable to download the media sent by the user.",
        ),
        131_053 => (
            "Media upload error",
            "Unable to upload the media used in the message.",
        ),
        131_055 => (
            "Method not allowed",
            "This method is not allowed for the message.",
        ),
        131_056 => (
            "(Business Account, Consumer Account) pair rate limit hit",
            "Message failed to send because there were too many messages sent from this phone \
             number to the same phone number in a short period of time.",
        ),
        131_057 => (
            "Account in maintenance mode",
            "Business Account is in maintenance mode.",
        ),
        131_061 => (
            "Max price template is not supported",
            "A template with a max price can only be sent by the marketing messages route.",
        ),
        131_062 => (
            "Recipient is not supported",
            "A business-scoped user ID is not supported for this message.",
        ),
        131_063 => (
            "Marketing messages are disabled on Cloud API",
            "Marketing templates of this WhatsApp Business Account can only be sent by the marketing \
             messages route.",
        ),
        131_064 => (
            "Template misclassification limit",
            "The account has reached its limit for utility messages because of content in the \
             wrong category.",
        ),
        131_204 => (
            "Participant limit reached",
            "The group has as many participants as it can have.",
        ),
        131_212 => (
            "Participant not in group",
            "The participant is not a part of the group.",
        ),
        131_213 => (
            "Join request does not exist",
            "The group has no such request to join.",
        ),
        132_000 => (
            "Number of parameters does not match the expected number of params",
            "The number of variable parameter values included in the request did not match the \
             number of variable parameters defined in the template.",
        ),
        132_001 => (
            "Template name does not exist in the translation",
            "The template does not exist in the specified language or the template has not been \
             approved.",
        ),
        132_005 => (
            "Translated text too long",
            "The translated text is too long.",
        ),
        132_007 => (
            "Template content policy violated",
            "The template content violates a WhatsApp policy.",
        ),
        132_012 => (
            "Parameter format does not match format in the created template",
            "Variable parameter values formatted incorrectly.",
        ),
        132_015 => (
            "Template is paused",
            "The template is paused due to low quality so it cannot be sent.",
        ),
        132_016 => (
            "Template is disabled",
            "The template has been paused too many times due to low quality and is now \
             permanently disabled.",
        ),
        132_018 => (
            "Invalid parameter",
            "A parameter of the template has a value that it cannot have.",
        ),
        134_100 => (
            "Only marketing messages supported",
            "The marketing messages route sends marketing templates only.",
        ),
        134_101 => (
            "Template is syncing",
            "The template is being synced for the marketing messages route. Try again in 10 minutes.",
        ),
        134_102 => (
            "Marketing messages are unavailable",
            "The WhatsApp Business Account is not onboarded to the marketing messages route.",
        ),
        139_200 => (
            "Direct Send content blocked",
            "The content of the message cannot be sent in this category.",
        ),
        132_068 => ("Flow is blocked", "The flow of the template is blocked."),
        132_069 => (
            "Flow is throttled",
            "The flow of the template is throttled: 10 messages an hour have been sent already.",
        ),
        133_004 => ("Server temporarily unavailable", "Please try again later."),
        133_010 => (
            "Account not registered",
            "The phone number is not registered on the WhatsApp Business Platform.",
        ),
        137_000 => (
            "Identity key check failed",
            "The recipient identity key hash does not match.",
        ),
        190 => (
            "Invalid OAuth access token.",
            "The access token is not valid.",
        ),
        _ => ("An error was ordered", "The sandbox was told to answer so."),
    }
}
