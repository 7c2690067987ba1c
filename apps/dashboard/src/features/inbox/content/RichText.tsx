import { UnstyledButton } from "@mantine/core";
import { Fragment, useMemo, useState, type ReactNode } from "react";
import { parseText, type Node } from "./format";
import classes from "./Content.module.css";

/** Longer texts are folded, as one message must not fill ten screens. */
const FOLD_AT = 1_500;

const TAG = { bold: "strong", italic: "em", strike: "s" } as const;

function draw(nodes: Node[]): ReactNode {
  return nodes.map((node, at) => {
    switch (node.kind) {
      case "text":
        return <Fragment key={at}>{node.text}</Fragment>;
      case "link":
        return (
          <a key={at} href={node.href} target="_blank" rel="noopener noreferrer nofollow" className={classes.link}>
            {node.text}
          </a>
        );
      case "code":
        return (
          <code key={at} className={classes.code}>
            {node.text}
          </code>
        );
      case "block":
        return (
          <pre key={at} className={classes.block}>
            {node.text}
          </pre>
        );
      case "quote":
        return (
          <blockquote key={at} className={classes.saidQuote}>
            {draw(node.children)}
          </blockquote>
        );
      default: {
        const Tag = TAG[node.kind];
        return <Tag key={at}>{draw(node.children)}</Tag>;
      }
    }
  });
}

/** Shows a person's text with WhatsApp's formatting and links. Any other markup in it is text. */
export function RichText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const folded = !whole && text.length > FOLD_AT;
  const nodes = useMemo(() => parseText(folded ? `${text.slice(0, FOLD_AT)}…` : text), [folded, text]);
  const emojiOnly = text.length <= 24 && /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|\p{Emoji_Modifier})*\s?){1,3}$/u.test(text.trim());
  return (
    <div className={classes.text} dir="auto" data-emoji={emojiOnly || undefined}>
      {draw(nodes)}
      {folded && (
        <UnstyledButton className={classes.more ?? ""} onClick={() => setWhole(true)}>
          Show all of it
        </UnstyledButton>
      )}
    </div>
  );
}
