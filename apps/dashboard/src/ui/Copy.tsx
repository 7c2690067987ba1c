import { Tooltip, VisuallyHidden } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import type { ReactNode } from "react";

interface CopyProps {
  /** The text for the clipboard. */
  value: string;
  /** Its name for the tooltip and for screen readers: "phone number". */
  what: string;
  mono?: boolean;
  children?: ReactNode;
}

/** Shows text that a click copies. */
export function Copy({ value, what, mono = false, children }: CopyProps) {
  const clipboard = useClipboard({ timeout: 1500 });
  const label = clipboard.copied ? "Copied" : `Copy ${what}`;
  return (
    <Tooltip label={label}>
      <button
        type="button"
        className={mono ? "wk-copy wk-mono" : "wk-copy"}
        onClick={() => clipboard.copy(value)}
      >
        {children ?? value}
        <VisuallyHidden>, {label.toLowerCase()}</VisuallyHidden>
      </button>
    </Tooltip>
  );
}
