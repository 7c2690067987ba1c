import { Anchor } from "@mantine/core";
import type { MessageError } from "../../../api/types";
import { Copy } from "../../../ui/Copy";
import { safeHref } from "../content/format";
import classes from "./Thread.module.css";

const WHO: Record<string, string> = {
  business: "You can put it right.",
  customer: "Only the customer can change it.",
  platform: "Whoever runs Wabakit must act.",
  meta: "Meta must act.",
};

/** Says why a message failed, the remedy and who must act, with Meta's code in small print. */
export function Faults({ errors }: { errors: readonly MessageError[] }) {
  return errors.map((error, at) => {
    const href = error.href ? safeHref(error.href) : undefined;
    // An error from an event may have Meta's words only, until the message itself is read.
    const explanation = (error as Partial<MessageError>).explanation;
    return (
      <div key={at} className={classes.fault}>
        {explanation ? `${explanation.cause} ${explanation.action} ${WHO[explanation.who] ?? ""}` : (error.details ?? error.message ?? "Meta refused it.")}{" "}
        <small>
          Meta <Copy value={String(error.code)} what="Meta's error code" mono />
          {error.title && ` · ${error.title}`}
          {href && (
            <>
              {" · "}
              <Anchor href={href} target="_blank" rel="noopener noreferrer" inherit>
                Meta&apos;s page
              </Anchor>
            </>
          )}
        </small>
      </div>
    );
  });
}
