/** A path of ours to go to after sign-in; anything that could lead elsewhere becomes the default page. */
export function safeNext(next: string | undefined): string {
  if (!next?.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/connections";
  if (/^\/(sign-in|invite|reset)\b/.test(next)) return "/connections";
  return next;
}
