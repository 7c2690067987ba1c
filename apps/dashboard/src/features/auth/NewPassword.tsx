import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { NEW_PASSWORD_HINT } from "./passwords";

export function NewPassword(props: PasswordInputProps) {
  return (
    <PasswordInput
      autoComplete="new-password"
      description={NEW_PASSWORD_HINT}
      visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
      {...props}
    />
  );
}
