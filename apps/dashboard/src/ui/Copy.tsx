import { Tooltip, VisuallyHidden } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import type { ReactNode } from "react";

interface CopyProps {
  /** What is put on the clipboard. */
  value: string;
  /** What it is, for the tooltip and for screen readers: "phone number". */
  what: string;
  mono?: boolean;
  children?: ReactNode;
}

/** Text that copies itself by a click. */
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
