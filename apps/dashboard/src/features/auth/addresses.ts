/** Names the pages that are shown before sign-in, by the first part of their address. The server sends auth.html for them. */
export const BEFORE_SIGN_IN = ["sign-in", "invite", "reset", "forgot", "prove"] as const;
