const TITLE = "Troubleshooting";

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Turns anchors, code, emphasis and links of a line into HTML. Everything else is text. */
function inline(text: string): string {
  return text
    .split(/(<a id="[\w-]+"><\/a>|`[^`]+`)/)
    .map((part) => {
      if (part.startsWith("<a id=")) return part;
      if (part.startsWith("`") && part.endsWith("`") && part.length > 2) return `<code>${escaped(part.slice(1, -1))}</code>`;
      return escaped(part)
        .replaceAll(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
        .replaceAll(/\*([^*\s][^*]*)\*/g, "<em>$1</em>")
        .replaceAll(/\[([^\]]+)\]\((https:[^)\s]+)\)/g, '<a href="$2" rel="noreferrer">$1</a>')
        .replaceAll(/\[([^\]]+)\]\([^)\s]+\)/g, "$1");
    })
    .join("");
}

/** Turns the documentation's page into HTML: headings, paragraphs, lists, tables and blocks of code, as that page uses them. */
export function toHtml(markdown: string): string {
  const blocks = markdown.replaceAll(/```[\s\S]*?```/g, (code) => code.replaceAll("\n\n", "\n \n")).split(/\n{2,}/);
  const html = blocks.map((block) => {
    const text = block.trim();
    if (text.startsWith("```")) return `<pre>${escaped(text.replaceAll(/^```\w*\n|\n?```$/g, ""))}</pre>`;
    const heading = /^(#{1,4}) (.*)(?:\n([\s\S]*))?$/.exec(text);
    if (heading) {
      const level = heading[1]?.length ?? 1;
      return `<h${level}>${inline(heading[2] ?? "")}</h${level}>${heading[3] ? `<p>${inline(heading[3])}</p>` : ""}`;
    }
    if (text.startsWith("|")) {
      const rows = text.split("\n").filter((row) => !/^\|[\s|:-]+\|$/.test(row));
      const cells = (row: string) => row.slice(1, -1).split("|").map((cell) => `<td>${inline(cell.trim())}</td>`);
      return `<table>${rows.map((row) => `<tr>${cells(row).join("")}</tr>`).join("")}</table>`;
    }
    if (text.startsWith("- ")) {
      const items = text.slice(2).split(/\n- /);
      return `<ul>${items.map((item) => `<li>${inline(item.replaceAll(/\n\s*/g, " "))}</li>`).join("")}</ul>`;
    }
    return `<p>${inline(text)}</p>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${TITLE} · Wabakit</title>
</head>
<body>
<main>
${html.join("\n")}
</main>
</body>
</html>
`;
}
