import { describe, expect, it } from "vitest";
import { parseText, safeHref, type Node } from "./format";

const text = (words: string): Node => ({ kind: "text", text: words });
const links = (words: string) => parseText(words).filter((node) => node.kind === "link");

describe("WhatsApp's formatting", () => {
  it.each([
    ["*bold*", "bold"],
    ["_italic_", "italic"],
    ["~strike~", "strike"],
  ] as const)("%s", (written, kind) => {
    expect(parseText(`a ${written} b`)).toEqual([text("a "), { kind, children: [text(kind)] }, text(" b")]);
  });

  it("marks_nest", () => {
    expect(parseText("*_both_*")).toEqual([{ kind: "bold", children: [{ kind: "italic", children: [text("both")] }] }]);
  });

  it.each(["2*3*4", "snake_case_name", "* not bold *", "**", "a * b", "*open"])("%s is only text", (words) => {
    expect(parseText(words)).toEqual([text(words)]);
  });

  it("code_is_taken_as_it_is", () => {
    expect(parseText("`*x*`")).toEqual([{ kind: "code", text: "*x*" }]);
    expect(parseText("```\na *b*\n```")).toEqual([{ kind: "block", text: "a *b*" }]);
  });

  it("a_line_that_quotes", () => {
    expect(parseText("> said\nyes")).toEqual([{ kind: "quote", children: [text("said")] }, text("yes")]);
  });

  it("markup_is_text", () => {
    expect(parseText("<img src=x onerror=alert(1)>")).toEqual([text("<img src=x onerror=alert(1)>")]);
  });
});

describe("links", () => {
  it("marks_within_an_address_are_part_of_it", () => {
    expect(links("see https://example.com/a_b_c?x=*1*&y=_2_ now")[0]).toMatchObject({ text: "https://example.com/a_b_c?x=*1*&y=_2" });
  });

  it("what_ends_a_sentence_is_not_part_of_it", () => {
    expect(links("(https://example.com/a).")[0]).toMatchObject({ text: "https://example.com/a" });
    expect(links("https://example.com/a_(b)")[0]).toMatchObject({ text: "https://example.com/a_(b)" });
  });

  it("an_address_without_a_scheme_is_followed_safely", () => {
    expect(links("www.example.com")[0]).toMatchObject({ href: "https://www.example.com/" });
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "nothing"])("%s is never followed", (address) => {
    expect(safeHref(address)).toBeUndefined();
    expect(links(address)).toEqual([]);
  });
});
