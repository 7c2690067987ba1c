import { isPicture } from "../content/media";
import type { Row } from "./rows";

/** One line of the thread: a message, or the pictures of one grid, oldest first. */
export type Line = [Row, ...Row[]];

/**
 * The longest time from the first to the last picture of a grid. WhatsApp sends an album picture by picture, and a phone on a
 * slow network needs minutes for it. The grid shows the time of its last picture, so the first must not be much older.
 */
const GRID_MS = 5 * 60_000;
/** Statuses with nothing to say or to do under the message. */
const SETTLED = new Set(["received", "accepted", "sent", "delivered", "read", "played"]);

/** Says whether a row is a picture that is stored here, and of a type that a browser shows. */
export function isStoredPicture({ message, content }: Row): boolean {
  return content.type === "image" && !message.revokedAt && message.media?.state === "stored" && isPicture(message.media.mimeType ?? content.mimeType);
}

/** Says whether a row is nothing but a picture. All that a message can say besides has no place in a grid. */
function isBarePicture(row: Row): boolean {
  const { message, content, reactions } = row;
  const { context } = message;
  return (
    content.type === "image" &&
    !content.caption &&
    (message.media?.state === "pending" || isStoredPicture(row)) &&
    reactions.length === 0 &&
    SETTLED.has(message.status) &&
    !message.isStuck &&
    message.errors.length === 0 &&
    !message.editedAt &&
    !message.revokedAt &&
    !message.referral &&
    !context?.messageId &&
    !context?.forwarded &&
    !context?.frequentlyForwarded
  );
}

function belongsTo([first]: Line, row: Row): boolean {
  // A row that is not the first of its group has the writer of the row before it, and no separator between them.
  return !row.first && isBarePicture(first) && isBarePicture(row) && Date.parse(row.message.at) - Date.parse(first.message.at) < GRID_MS;
}

/** Joins the rows of a thread to lines, oldest first. Bare pictures of one writer in a row are one line. */
export function linesOf(rows: readonly Row[]): Line[] {
  const lines: Line[] = [];
  for (const row of rows) {
    const before = lines.at(-1);
    if (before && belongsTo(before, row)) before.push(row);
    else lines.push([row]);
  }
  return lines;
}
