import type { Tone } from "./Banner";
import classes from "./Sentence.module.css";

/** Says in one sentence how something is, with a dot of its tone. */
export function Sentence({ words, tone }: { words: string; tone: Tone | "quiet" }) {
  return (
    <h2 className={classes.sentence}>
      <span className={classes.dot} data-tone={tone} aria-hidden />
      {words}
    </h2>
  );
}
