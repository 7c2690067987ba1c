/** WhatsApp's formatting as a tree. Marks that format nothing are text. */
export type Node =
  | { kind: "text"; text: string }
  | { kind: "link"; href: string; text: string }
  | { kind: "code"; text: string }
  | { kind: "block"; text: string }
  | { kind: "bold" | "italic" | "strike" | "quote"; children: Node[] };

type Mark = "bold" | "italic" | "strike";

const MARKS: Record<string, Mark> = { "*": "bold", _: "italic", "~": "strike" };
const URL_PATTERN = /\b(?:https?:\/\/|www\.)[^\s<>"`]+/giu;
const WORD = /[\p{L}\p{N}]/u;

/** Parses the formatting of a message's text. */
export function parseText(text: string): Node[] {
  const nodes: Node[] = [];
  // A block of code keeps its lines as they are. The rest is parsed line by line.
  text.split(/```([\s\S]+?)```/g).forEach((part, at) => {
    if (at % 2 === 1) nodes.push({ kind: "block", text: part.replace(/^\n|\n$/g, "") });
    else if (part !== "") nodes.push(...parseLines(part));
  });
  return nodes;
}

function parseLines(text: string): Node[] {
  const nodes: Node[] = [];
  text.split("\n").forEach((line, at) => {
    if (line.startsWith("> ")) {
      nodes.push({ kind: "quote", children: parseInline(line.slice(2)) });
      return;
    }
    if (at > 0 && nodes.at(-1)?.kind !== "quote") nodes.push({ kind: "text", text: "\n" });
    nodes.push(...parseInline(line));
  });
  return nodes;
}

/** Parses a line. Links come first, as an address may contain characters that are marks elsewhere. */
function parseInline(line: string): Node[] {
  const code = /`([^`]+)`/.exec(line);
  if (code?.[1] !== undefined) {
    return [
      ...parseInline(line.slice(0, code.index)),
      { kind: "code", text: code[1] },
      ...parseInline(line.slice(code.index + code[0].length)),
    ];
  }
  return parseMarks(line);
}

/** Returns the place where the mark at `start` closes, or -1 where it opens nothing. */
function closing(line: string, start: number, links: readonly [number, number][]): number {
  const mark = line[start] ?? "";
  const before = line[start - 1];
  const after = line[start + 1];
  if (after === undefined || /\s/.test(after) || after === mark) return -1;
  if (before !== undefined && WORD.test(before)) return -1;
  for (let end = line.indexOf(mark, start + 2); end >= 0; end = line.indexOf(mark, end + 1)) {
    const inner = line[end - 1] ?? " ";
    const next = line[end + 1];
    const inLink = links.some(([from, to]) => end > from && end < to);
    if (!inLink && !/\s/.test(inner) && (next === undefined || !WORD.test(next))) return end;
  }
  return -1;
}

function parseMarks(line: string): Node[] {
  const nodes: Node[] = [];
  const links = findLinks(line);
  const spans = links.map(({ from, to }): [number, number] => [from, to]);
  let plain = "";
  const flush = () => {
    if (plain !== "") nodes.push({ kind: "text", text: plain });
    plain = "";
  };
  for (let at = 0; at < line.length; at += 1) {
    const link = links.find(({ from }) => from === at);
    if (link) {
      flush();
      nodes.push({ kind: "link", href: link.href, text: line.slice(link.from, link.to) });
      at = link.to - 1;
      continue;
    }
    const mark = MARKS[line.charAt(at)];
    const end = mark ? closing(line, at, spans) : -1;
    if (mark && end > 0) {
      flush();
      nodes.push({ kind: mark, children: parseMarks(line.slice(at + 1, end)) });
      at = end;
    } else plain += line.charAt(at);
  }
  flush();
  return nodes;
}

interface FoundLink {
  from: number;
  to: number;
  href: string;
}

function findLinks(line: string): FoundLink[] {
  const found: FoundLink[] = [];
  for (const match of line.matchAll(URL_PATTERN)) {
    const text = trimEnd(match[0]);
    const href = safeHref(text);
    if (href) found.push({ from: match.index, to: match.index + text.length, href });
  }
  return found;
}

/** Cuts off punctuation and marks at the end of an address. */
function trimEnd(url: string): string {
  let text = url.replace(/[.,;:!?*_~'’”]+$/u, "");
  if (text.endsWith(")") && !text.includes("(")) text = text.slice(0, -1);
  return text;
}

/** Returns an address that is safe to follow: of the web only. */
export function safeHref(text: string): string | undefined {
  try {
    const url = new URL(text.startsWith("www.") ? `https://${text}` : text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}
