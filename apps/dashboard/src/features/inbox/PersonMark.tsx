import { Avatar } from "@mantine/core";

/** A person's initials; a plain figure where only a number is known. */
export function PersonMark({ name, size }: { name: string; size: number }) {
  const initials = /\p{L}/u.test(name.charAt(0));
  return <Avatar {...(initials && { name })} color="petrol" radius="xl" size={size} aria-hidden />;
}
