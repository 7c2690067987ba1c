/** The server checks it too. This only spares a round trip. */
const MIN_PASSWORD = 12;

export const NEW_PASSWORD_HINT = `${MIN_PASSWORD} characters or more. A few words that only you would put together are best.`;

export function checkNewPassword(value: string): string | null {
  return value.length < MIN_PASSWORD ? `Use ${MIN_PASSWORD} characters or more; a few words are good.` : null;
}
