import { Anchor } from "@mantine/core";
import type { MessageError } from "../../../api/types";
import { Copy } from "../../../ui/Copy";
import { safeHref } from "../content/format";
import classes from "./Thread.module.css";

/** Why a message failed and what to do, in plain words; Meta's code in small. */
export function Faults({ errors }: { errors: readonly MessageError[] }) {
  return errors.map((error, at) => {
    const href = error.href ? safeHref(error.href) : undefined;
    return (
      <div key={at} className={classes.fault}>
        {error.explanation.cause} {error.explanation.action}{" "}
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
