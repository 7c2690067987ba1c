import { PasswordInput, type PasswordInputProps } from "@mantine/core";

/** The server has the last word; this only spares a round trip. */
export const MIN_PASSWORD = 12;

export function checkNewPassword(value: string): string | null {
  return value.length < MIN_PASSWORD ? `Use ${MIN_PASSWORD} characters or more; a few words are good.` : null;
}

export function NewPassword(props: PasswordInputProps) {
  return (
    <PasswordInput
      autoComplete="new-password"
      description={`${MIN_PASSWORD} characters or more. A few words that only you would put together are best.`}
      visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
      {...props}
    />
  );
}
