import { VisuallyHidden } from "@mantine/core";
import { memo } from "react";
import type { Conversation, Message } from "../../../api/types";
import { clock } from "../../../ui/time";
import contentClasses from "../content/Content.module.css";
import { PictureTile } from "../content/PictureTile";
import { Actions } from "./Actions";
import { isStoredPicture, type Line } from "./lines";
import { MessageDetails } from "./MessageDetails";
import { Separators } from "./Separators";
import classes from "./Thread.module.css";
import { tickOf } from "./ticks";

/** The most tiles of a grid. The last one stands for all pictures that have none. */
const MOST_TILES = 4;

interface PicturesRowProps {
  line: Line;
  /** The customer's name. */
  them: string;
  /** The conversation, if a message can be written in it now. */
  answerIn: Conversation | undefined;
  /** The id of the message that a jump led to. */
  highlighted: string | null;
  onView: (messageId: string) => void;
}

function noteOf({ at, direction, status }: Message): string {
  const tick = tickOf(direction, status);
  return tick ? `${clock(at)}, ${tick.words}` : clock(at);
}

/** Shows pictures in a row as one grid. Its time, its tick and the acts beside it are those of the last picture. */
export const PicturesRow = memo(function PicturesRow({ line, them, answerIn, highlighted, onView }: PicturesRowProps) {
  const [first] = line;
  const last = line.at(-1) ?? first;
  const tiles = line.slice(0, MOST_TILES);
  return (
    <>
      <Separators row={first} />
      <article className={classes.line} data-direction={first.message.direction} data-first={first.first || undefined} data-last={last.last || undefined}>
        <VisuallyHidden>{first.message.direction === "inbound" ? `${them} wrote:` : "You wrote:"}</VisuallyHidden>
        <div className={classes.bubbleRow}>
          <div className={classes.bubble}>
            {/* Safari takes the role from a list without markers. */}
            {/* eslint-disable-next-line jsx-a11y/no-redundant-roles */}
            <ul role="list" className={contentClasses.grid} aria-label={`${line.length} pictures`}>
              {tiles.map(({ message }, place) => {
                const covered = place === MOST_TILES - 1 ? line.slice(place) : line.slice(place, place + 1);
                const opens = covered.find(isStoredPicture)?.message.id;
                const isHere = covered.some((row) => row.message.id === highlighted);
                return (
                  <li key={message.id} data-message={message.id} className={isHere ? "wk-highlight" : undefined}>
                    {message.media && (
                      <PictureTile
                        media={message.media}
                        name={`picture ${place + 1} of ${line.length}`}
                        note={noteOf(message)}
                        covers={covered.length > 1 ? covered.length : undefined}
                        onView={opens === undefined ? undefined : () => onView(opens)}
                      />
                    )}
                  </li>
                );
              })}
            </ul>
            <div className={classes.foot}>
              <MessageDetails message={last.message} />
            </div>
          </div>
          {answerIn && <Actions message={last.message} conversation={answerIn} reactions={last.reactions} />}
        </div>
      </article>
    </>
  );
});
