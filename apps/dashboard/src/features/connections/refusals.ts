/** Words for a refusal: what happened, and what the person can do about it. */
export interface Refusal {
  title: string;
  detail: string;
  remedy: string;
}

/**
 * The server sends its own words with each problem; these stand in where only the
 * code reaches us, as in the address after a redirect.
 */
const REFUSALS: Record<string, Refusal> = {
  access_denied: {
    title: "The login was cancelled",
    detail: "Meta's window was closed with Cancel, so nothing was connected.",
    remedy: "Start again, and press Continue at Meta when you are ready.",
  },
  missing_scope: {
    title: "A needed right was declined",
    detail: "One of the rights that Wabakit asks for was switched off at Meta.",
    remedy: "Start again and leave all rights switched on. Each is explained under Help.",
  },
  no_business: {
    title: "No business was shared",
    detail: "The login worked, but no business portfolio was chosen or your profile has none.",
    remedy: "Create a business portfolio at business.facebook.com or ask its admin to add you, then start again.",
  },
  no_waba: {
    title: "No WhatsApp Business Account was found",
    detail: "The business that you shared has no WhatsApp Business Account.",
    remedy: "Add one in WhatsApp Manager, then start again.",
  },
  no_phone_number: {
    title: "No phone number was found",
    detail: "The WhatsApp Business Account that you shared has no phone number.",
    remedy: "Add and verify a number in WhatsApp Manager, then start again.",
  },
  number_not_verified: {
    title: "The number is not verified",
    detail: "Meta has not yet confirmed that the number is yours.",
    remedy: "Verify it by SMS or call in WhatsApp Manager, then start again.",
  },
  code_expired: {
    title: "The login took too long to come back",
    detail: "Meta's code lives for about 30 seconds, and it had run out.",
    remedy: "Start again; it usually works at once.",
  },
  code_used: {
    title: "This login was used already",
    detail: "Meta's code works once. The page was probably loaded a second time.",
    remedy: "Look whether the number is connected below; if it is not, start again.",
  },
  code_rejected: {
    title: "Meta did not accept the login",
    detail: "Meta refused the code that it had given.",
    remedy: "Start again. If it is refused again, have the Meta app's id and secret checked.",
  },
  redirect_mismatch: {
    title: "The Meta app does not know this address",
    detail: "The address that Meta should come back to is not listed in the Meta app.",
    remedy: "Whoever runs this server must add the redirect address under Facebook Login, Valid OAuth Redirect URIs.",
  },
  number_in_use: {
    title: "The number is connected elsewhere",
    detail: "Another organisation on this server has the number connected.",
    remedy: "Have it disconnected there first, or choose another number.",
  },
  state_invalid: {
    title: "This login was not begun here",
    detail: "The answer from Meta does not belong to a login that this server started.",
    remedy: "Start again from this page.",
  },
  state_expired: {
    title: "The login waited too long",
    detail: "It was begun too long ago to be finished safely.",
    remedy: "Start again.",
  },
  state_used: {
    title: "This login was finished already",
    detail: "The page was probably loaded a second time.",
    remedy: "Look whether the number is connected below; if it is not, start again.",
  },
  browser_mismatch: {
    title: "The login began in another browser",
    detail: "It began in another browser or for another person, so it was not used and nothing was connected.",
    remedy: "Begin here, with Connect WhatsApp.",
  },
  app_misconfigured: {
    title: "The Meta app is not set up rightly",
    detail: "Meta refused the app itself, not you.",
    remedy: "Whoever runs this server must check the Meta app's id, secret and mode.",
  },
  token_invalid: {
    title: "Meta says that the login is no longer valid",
    detail: "Access was withdrawn or has run out.",
    remedy: "Connect again.",
  },
  unknown_meta_app: {
    title: "The token belongs to another Meta app",
    detail: "It was made for a Meta app that is not set up here.",
    remedy: "Add that app under Settings, or make a token with an app that is listed there.",
  },
  number_not_found: {
    title: "The number was not found",
    detail: "Meta does not show this number to the login that was given.",
    remedy: "Check the phone number id and its account in WhatsApp Manager, then try again.",
  },
  permission_missing: {
    title: "A right is missing for this step",
    detail: "Meta did not allow the step with the rights that were given.",
    remedy: "Start again with all rights switched on, as somebody with full control of the WhatsApp Business Account.",
  },
  meta_unavailable: {
    title: "Meta does not answer",
    detail: "Meta's servers failed or could not be reached.",
    remedy: "Wait a minute, then resume. What was done so far is kept.",
  },
  meta_refused: {
    title: "Meta refused a step",
    detail: "Meta refused for a reason that is not known here.",
    remedy: "Resume. If it is refused again, look at the account in WhatsApp Manager.",
  },
  meta_rate_limited: {
    title: "Meta asks us to slow down",
    detail: "Too many calls were made in a short time.",
    remedy: "Wait some minutes, then resume. What was done so far is kept.",
  },
  subscribe_failed: {
    title: "Messages could not be switched on",
    detail: "Meta did not let the app subscribe to the WhatsApp Business Account.",
    remedy: "Resume. If it fails again, check that you have full control of the account at Meta.",
  },
  registration_failed: {
    title: "The number could not be registered",
    detail: "Meta did not register the number for the Cloud API.",
    remedy: "Resume. If it fails again, look at the number in WhatsApp Manager.",
  },
  pin_mismatch: {
    title: "The number has a PIN of its own",
    detail: "Two-step verification is on, and the PIN is not known here.",
    remedy: "Enter the six digits, or switch two-step verification off in WhatsApp Manager.",
  },
  registration_budget_spent: {
    title: "The number was registered too often",
    detail: "Meta allows ten registrations of a number in 72 hours.",
    remedy: "Wait until the 72 hours are over, then register the number on its card.",
  },
  vault_unavailable: {
    title: "The token could not be sealed",
    detail: "The vault that guards tokens did not work, so nothing was stored.",
    remedy: "Whoever runs this server must look at its encryption key; then resume.",
  },
  session_expired: {
    title: "The connection was left unfinished too long",
    detail: "What had been done at Meta was undone.",
    remedy: "Start again.",
  },
};

/** Words for a code of the callback; a code that we do not know is named rather than hidden. */
export function refusalOf(code: string): Refusal {
  return (
    REFUSALS[code] ?? {
      title: "The number was not connected",
      detail: `Meta or the server refused with the code “${code}”.`,
      remedy: "Start again. If it happens again, tell whoever runs this server the code.",
    }
  );
}
