import { useNow } from "../../../ui/RelativeTime";
import { dayTitle } from "../../../ui/time";
import type { Row } from "./rows";
import classes from "./Thread.module.css";

/** Shows what stands between a row and the one before: the title of its day, and where the unread messages begin. */
export function Separators({ row }: { row: Row }) {
  return (
    <>
      {row.newDay && <DayTitle at={row.message.at} />}
      {row.unreadFrom && (
        <div className={classes.unread} role="separator" aria-label="New messages">
          New
        </div>
      )}
    </>
  );
}

function DayTitle({ at }: { at: string }) {
  return (
    <div className={classes.day}>
      <span className={classes.pill}>{dayTitle(at, useNow())}</span>
    </div>
  );
}
