/**
 * Generated from docs/openapi.json by cargo xtask openapi: do not edit.
 * The words are those of crates/domain/src/connect/refusal.rs.
 */
export const REFUSALS = {
  access_denied: {
    title: "Login cancelled",
    detail: "The login at Meta was cancelled, so nothing was connected.",
    remedy: "Connect again and press Continue in Meta's dialog.",
  },
  missing_scope: {
    title: "A permission is missing",
    detail: "A permission that WhatsApp needs was not granted at Meta.",
    remedy: "Connect again and leave every permission ticked. If Meta's dialog does not offer it, the Meta app's login configuration lacks it.",
  },
  no_business: {
    title: "No business found",
    detail: "This Meta login has shared no business portfolio.",
    remedy: "Connect again and choose a business, or create one at business.facebook.com first.",
  },
  no_waba: {
    title: "No WhatsApp Business Account found",
    detail: "The business that was chosen has shared no WhatsApp Business Account.",
    remedy: "Connect again and tick a WhatsApp Business Account, or create one in WhatsApp Manager first.",
  },
  no_phone_number: {
    title: "No phone number found",
    detail: "The WhatsApp Business Account that was chosen holds no phone number.",
    remedy: "Add a phone number in WhatsApp Manager, then connect again.",
  },
  number_not_verified: {
    title: "The number is not verified",
    detail: "The phone number has not been verified with a code by SMS or call.",
    remedy: "Verify the number in WhatsApp Manager, then resume.",
  },
  code_expired: {
    title: "The login took too long",
    detail: "Meta's login code lives 30 seconds and had expired when it arrived.",
    remedy: "Connect again.",
  },
  code_used: {
    title: "The login was already used",
    detail: "Meta's login code works once, and Meta has seen this one before. Its first answer may have been lost on the way.",
    remedy: "Connect again.",
  },
  code_rejected: {
    title: "Meta refused the login code",
    detail: "Meta refused the login code.",
    remedy: "Connect again. If it happens again, ask the operator to check the Meta app's id, secret and redirect address.",
  },
  redirect_mismatch: {
    title: "The redirect address does not match",
    detail: "Meta does not accept the redirect address of this login.",
    remedy: "Ask the operator to add the address, letter for letter, to the Meta app's valid OAuth redirect URIs (META_OAUTH_REDIRECT_URI), then connect again.",
  },
  number_in_use: {
    title: "The number is in use elsewhere",
    detail: "This phone number is connected to another organisation.",
    remedy: "Disconnect it there first, or choose another number.",
  },
  state_invalid: {
    title: "The login is not one of ours",
    detail: "The answer from Meta does not belong to a login that began here.",
    remedy: "Begin again from the Connections page.",
  },
  state_expired: {
    title: "The login was left open too long",
    detail: "The login was not finished in time.",
    remedy: "Begin again from the Connections page.",
  },
  state_used: {
    title: "The login was already answered",
    detail: "This login was already answered or given up.",
    remedy: "Look at the Connections page, or begin again there.",
  },
  browser_mismatch: {
    title: "The login began in another browser",
    detail: "This login began in another browser or for another person, so it was not used.",
    remedy: "Open the Connections page in this browser and begin there.",
  },
  app_misconfigured: {
    title: "The Meta app is misconfigured",
    detail: "Meta does not accept this server's app id and secret.",
    remedy: "Ask the operator to check META_APP_ID and META_APP_SECRET against the app's Basic settings at Meta.",
  },
  unknown_meta_app: {
    title: "The token belongs to another Meta app",
    detail: "The access token was made for a Meta app that is not set up here.",
    remedy: "Add that Meta app under Settings with its app secret, or make a token with an app listed there.",
  },
  token_invalid: {
    title: "Meta no longer accepts the login",
    detail: "Meta says that the access token is not valid, or no longer.",
    remedy: "Connect again.",
  },
  permission_missing: {
    title: "Meta refuses the permission",
    detail: "Meta refused a step because a permission is missing for this asset.",
    remedy: "Check that you are an admin of the business, then connect again. If you are, ask the operator whether the Meta app has Advanced access.",
  },
  meta_unavailable: {
    title: "Meta could not be reached",
    detail: "Meta did not answer, or answered that it has trouble itself.",
    remedy: "Resume in a moment; nothing is lost.",
  },
  meta_rate_limited: {
    title: "Meta asks us to slow down",
    detail: "Meta has had too many calls for this account or app.",
    remedy: "Wait a few minutes, then resume.",
  },
  subscribe_failed: {
    title: "Subscribing to messages failed",
    detail: "Meta refused to subscribe the app to this WhatsApp Business Account.",
    remedy: "Ask the operator to check the Meta app's webhook settings, then resume.",
  },
  registration_failed: {
    title: "Registering the number failed",
    detail: "Meta refused to register this phone number.",
    remedy: "Look at the number in WhatsApp Manager, then register it again from its card.",
  },
  pin_mismatch: {
    title: "The PIN is wrong",
    detail: "This number already has a two-step verification PIN, and it is another one.",
    remedy: "Enter the number's own PIN, or switch two-step verification off in WhatsApp Manager, then register it from its card.",
  },
  registration_budget_spent: {
    title: "Too many registrations",
    detail: "A number can be registered ten times in 72 hours, and this one's are used up.",
    remedy: "Wait until the 72 hours are over, then register it from its card.",
  },
  number_not_found: {
    title: "The number was not found",
    detail: "Meta does not show this phone number to this login, or not in this WhatsApp Business Account.",
    remedy: "Check both ids in WhatsApp Manager and that the token has access to them.",
  },
  chosen_not_shown: {
    title: "The chosen number is not there yet",
    detail: "Meta does not show this login what was chosen, or not yet, so nothing else was connected instead.",
    remedy: "Wait a minute and resume: Meta may show a new number late. Or choose another number.",
  },
  vault_unavailable: {
    title: "The token vault cannot be used",
    detail: "The stored login could not be opened with the encryption keys of this server.",
    remedy: "Ask the operator to check ENCRYPTION_KEY and ENCRYPTION_KEY_RING, then resume.",
  },
  session_expired: {
    title: "The session is over",
    detail: "This connection was left unfinished too long and has been cleaned up.",
    remedy: "Begin again from the Connections page.",
  },
  meta_refused: {
    title: "Meta refused",
    detail: "Meta refused a step.",
    remedy: "Read what Meta said; resume once it is put right.",
  },
};
