import { Avatar } from "@mantine/core";
import type { CSSProperties } from "react";
import classes from "./Inbox.module.css";

/** Hues of equal strength: people are told apart at a glance, and nobody stands out. */
const HUES = [195, 275, 25, 225, 150, 335];

function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return HUES[sum % HUES.length] ?? 195;
}

/** Shows a person's initials, or a figure where only a number is known. */
export function PersonMark({ name, size }: { name: string; size: number }) {
  const initials = /\p{L}/u.test(name.charAt(0));
  const style = { "--wk-hue": hueOf(name) } as CSSProperties;
  return <Avatar {...(initials && { name })} color="petrol" radius="xl" size={size} classNames={{ placeholder: classes.mark ?? "" }} style={style} aria-hidden />;
}
