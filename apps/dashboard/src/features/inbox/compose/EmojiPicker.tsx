import { Text, TextInput, UnstyledButton } from "@mantine/core";
import { useRef, useState, type KeyboardEvent } from "react";
import classes from "./Compose.module.css";
import { EMOJI, findEmoji, type Emoji } from "./emoji";
import { keep } from "./keep";

const COLUMNS = 8;
const RECENT = "wabakit.emoji";
const HOW_MANY_RECENT = 16;

function recent(): Emoji[] {
  const all = EMOJI.flatMap((group) => group.emoji);
  return (keep.read(RECENT) ?? "")
    .split(" ")
    .map((char) => all.find((each) => each.char === char))
    .filter((each) => each !== undefined);
}

function remember(char: string): void {
  const others = (keep.read(RECENT) ?? "").split(" ").filter((each) => each !== char && each !== "");
  keep.write(RECENT, [char, ...others].slice(0, HOW_MANY_RECENT).join(" "));
}

/** Focuses the field. It is loaded after its popover opened, so the popover's own focus comes too early. */
function focus(input: HTMLInputElement | null): void {
  input?.focus({ preventScroll: true });
}

/** Offers emoji by group or by word. Arrow keys walk through them, Enter takes one. */
export default function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const [own] = useState(recent);
  const [group, setGroup] = useState(own.length > 0 ? "Recent" : (EMOJI[0]?.name ?? ""));
  const [search, setSearch] = useState("");
  const grid = useRef<HTMLDivElement>(null);
  const groups = [...(own.length > 0 ? [{ name: "Recent", sign: "🕘", emoji: own }] : []), ...EMOJI];
  const shown = search.trim() ? findEmoji(search) : (groups.find((each) => each.name === group)?.emoji ?? []);

  function pick(char: string): void {
    remember(char);
    onPick(char);
  }

  function focusAt(at: number): void {
    grid.current?.querySelectorAll<HTMLElement>("button")[at]?.focus();
  }

  function walk(event: KeyboardEvent): void {
    const buttons = [...(grid.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS, Home: -at, End: buttons.length - 1 - at }[event.key];
    if (by === undefined || at < 0) return;
    event.preventDefault();
    if (at + by >= 0 && at + by < buttons.length) focusAt(at + by);
  }

  return (
    <div className={classes.picker} role="group" aria-label="Emoji">
      <TextInput
        size="xs"
        aria-label="Search emoji"
        placeholder="Search: thanks, delivery, sad…"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            focusAt(0);
          } else if (event.key === "Enter") {
            event.preventDefault();
            const [first] = shown;
            if (first && search.trim()) pick(first.char);
          }
        }}
        ref={focus}
      />
      {!search.trim() && (
        <div className={classes.groups} role="group" aria-label="Groups of emoji">
          {groups.map((each) => (
            <UnstyledButton key={each.name} className={classes.group ?? ""} aria-label={each.name} aria-pressed={each.name === group} onClick={() => setGroup(each.name)}>
              {each.sign}
            </UnstyledButton>
          ))}
        </div>
      )}
      {/* It handles the keys of the buttons in it. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div ref={grid} className={classes.emojiGrid} onKeyDown={walk}>
        {shown.map(({ char, words }, at) => (
          <UnstyledButton key={char} className={classes.emoji ?? ""} aria-label={words} title={words} tabIndex={at === 0 ? 0 : -1} onClick={() => pick(char)}>
            {char}
          </UnstyledButton>
        ))}
      </div>
      {shown.length === 0 && (
        <Text size="sm" c="dimmed" p="xs" role="status">
          No emoji here is called that.
        </Text>
      )}
    </div>
  );
}
