import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { toHtml } from "../../build/helpPage";
import { problemFrom } from "../api/problem";
import { show } from "../test/render";
import { ProblemNote } from "./ProblemNote";

const refused = (docs: unknown) =>
  problemFrom(new Response(null, { status: 422 }), { code: "missing_scope", title: "A permission is missing", detail: "Meta says so.", remedy: "Tick it.", docs });

describe("a refusal", () => {
  it("leads_to_its_place_in_the_documentation", () => {
    show(<ProblemNote error={refused("docs/troubleshooting.md#missing_scope")} />);
    expect(screen.getByRole("link").getAttribute("href")).toBe("/help/troubleshooting.html#missing_scope");
  });

  it.each([undefined, "", "https://evil.example/#x", "docs/troubleshooting.md#<x>", "docs/other.md#x", 7])("links_nowhere_else: %s", (docs) => {
    show(<ProblemNote error={refused(docs)} />);
    expect(screen.queryByRole("link")).toBeNull();
  });
});

describe("the page of the documentation", () => {
  it("keeps_its_anchors_and_writes_everything_else_as_text", () => {
    const html = toHtml('# Top\n\n## One\n<a id="code_a"></a><a id="b"></a>\n\n- **Cause**: `<script>` &\n  more\n- *see*: [Meta](https://meta.example/x)\n\n| a | b |\n|---|---|\n| 1 | <i> |');
    expect(html).toContain('<a id="code_a"></a><a id="b"></a>');
    expect(html).toContain("<li><strong>Cause</strong>: <code>&lt;script&gt;</code> &amp; more</li>");
    expect(html).toContain('<a href="https://meta.example/x" rel="noreferrer">Meta</a>');
    expect(html).toContain("<td>1</td><td>&lt;i&gt;</td>");
    expect(html).not.toContain("<script>");
  });
});
