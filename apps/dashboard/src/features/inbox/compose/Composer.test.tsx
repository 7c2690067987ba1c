import { fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Conversation } from "../../../api/types";
import { aConversation, aMessage } from "../../../test/inbox";
import { show } from "../../../test/render";
import { Composer } from "./Composer";
import { clearDraft, readDraft, writeDraft } from "./drafts";
import type { Writing } from "./useWriting";

interface Sent {
  key: string | null;
  body: Record<string, unknown>;
}

let made = 0;
/** Makes a conversation for one test: drafts and unconfirmed messages belong to a conversation. */
function aTalk(change: Partial<Conversation> = {}): Conversation {
  made += 1;
  return aConversation({ id: `talk-${made}`, window: { open: true, kind: "service", until: new Date(Date.now() + 3_600_000).toISOString() }, ...change });
}

let sent: Sent[];
beforeEach(() => {
  sent = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/messages") sent.push({ key: request.headers.get("idempotency-key"), body: (await request.json()) as Record<string, unknown> });
    return new Response(JSON.stringify(pathname === "/api/messages" ? aMessage({ direction: "outbound", status: "queued" }) : { data: [] }), {
      status: pathname === "/api/messages" ? 202 : 200,
      headers: { "content-type": "application/json" },
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: /^Message to/ });
const open = (conversation: Conversation, writing: Writing = "open") => show(<Composer conversation={conversation} writing={writing} />);

describe("the composer", () => {
  it("enter_sends_once_with_a_key_and_empties_the_field", async () => {
    const talk = aTalk();
    open(talk);
    fireEvent.change(field(), { target: { value: "Hello" } });
    fireEvent.keyDown(field(), { key: "Enter" });
    fireEvent.keyDown(field(), { key: "Enter" });
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent[0]?.body).toMatchObject({ type: "text", text: { body: "Hello" }, to: "+5511987654321", accountId: "a1", clientReference: sent[0]?.key });
    expect(field().value).toBe("");
    expect(readDraft(talk.id).text).toBe("");
  });

  it("shift_and_enter_and_an_input_method_do_not_send", () => {
    open(aTalk());
    fireEvent.change(field(), { target: { value: "こん" } });
    fireEvent.keyDown(field(), { key: "Enter", shiftKey: true });
    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    expect(sent).toEqual([]);
  });

  it("a_draft_is_kept_for_its_conversation", () => {
    const talk = aTalk();
    const { unmount } = open(talk);
    fireEvent.change(field(), { target: { value: "Half a sent" } });
    unmount();
    const other = open(aTalk());
    expect(field().value).toBe("");
    other.unmount();
    open(talk);
    expect(field().value).toBe("Half a sent");
    clearDraft(talk.id);
  });

  it("a_reply_names_what_it_answers_and_escape_takes_that_back", async () => {
    const talk = aTalk();
    writeDraft(talk.id, { text: "Yes", replyTo: { metaMessageId: "wamid.7", line: "Is it open?", own: false } });
    open(talk);
    expect(screen.getByText("Is it open?")).toBeTruthy();
    fireEvent.keyDown(field(), { key: "Enter" });
    await vi.waitFor(() => expect(sent[0]?.body.context).toEqual({ message_id: "wamid.7" }));
    expect(screen.queryByText("Is it open?")).toBeNull();

    const second = aTalk();
    writeDraft(second.id, { text: "Yes", replyTo: { metaMessageId: "wamid.8", line: "And now?", own: false } });
    open(second);
    const [, last] = screen.getAllByRole("textbox", { name: /^Message to/ });
    if (last) fireEvent.keyDown(last, { key: "Escape" });
    expect(readDraft(second.id)).toEqual({ text: "Yes" });
  });

  it("too_long_a_text_is_not_sent_and_says_by_how_much", () => {
    open(aTalk());
    fireEvent.change(field(), { target: { value: "x".repeat(4100) } });
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(sent).toEqual([]);
    expect(screen.getByRole("status").textContent).toBe("4 characters too many. WhatsApp takes 4,096.");
  });

  it("the_customer_is_told_that_somebody_types_once_in_a_while", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", (request: Request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return Promise.resolve(new Response(null, { status: 204 }));
    });
    const talk = aTalk();
    open(talk);
    for (const value of ["H", "He", "Hel"]) fireEvent.change(field(), { target: { value } });
    const typing = `POST /api/conversations/${talk.id}/typing`;
    await vi.waitFor(() => expect(asked).toContain(typing));
    expect(asked.filter((each) => each === typing)).toHaveLength(1);
  });
});

describe("where one cannot write", () => {
  it("a_shut_window_says_until_when_it_was_open_and_offers_a_template", async () => {
    const talk = aTalk({ window: { open: false, kind: "service", until: "2026-11-20T10:00:00Z" } });
    open(talk, "closed");
    expect(screen.getByRole("note").textContent).toMatch(/was open until 20 Nov 2026/);
    expect(screen.queryByRole("textbox")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Send a template" }));
    fireEvent.change(await screen.findByRole("textbox", { name: /^Name/ }, { timeout: 10_000 }), { target: { value: "order_update" } });
    fireEvent.click(screen.getByRole("button", { name: "Add a variable" }));
    fireEvent.change(screen.getByRole("textbox", { name: "Words for variable 1" }), { target: { value: "4812" } });
    fireEvent.click(screen.getByRole("button", { name: "Send template to Maria Silva" }));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body.template).toEqual({ name: "order_update", language: { code: "en_US" }, components: [{ type: "body", parameters: [{ type: "text", text: "4812" }] }] });
    expect(sent[0]?.body.ignoreWindow).toBeUndefined();
  });

  it("whoever_knows_better_lets_meta_decide", async () => {
    open(aTalk({ window: null }), "closed");
    fireEvent.click(screen.getByRole("button", { name: "Write anyway" }));
    fireEvent.change(field(), { target: { value: "Hello" } });
    fireEvent.keyDown(field(), { key: "Enter" });
    await vi.waitFor(() => expect(sent[0]?.body.ignoreWindow).toBe(true));
  });

  it("a_viewer_is_told_why_and_whom_to_ask", () => {
    open(aTalk(), "viewer");
    expect(screen.getByRole("note").textContent).toContain("your role in Acme Coffee is viewer. An admin can make you an agent.");
    expect(screen.queryByRole("textbox")).toBeNull();
  });

  it("a_draft_is_not_lost_by_it", () => {
    const talk = aTalk();
    writeDraft(talk.id, { text: "Half" });
    open(talk, "closed");
    expect(screen.getByRole("note").textContent).toContain("Your draft is kept.");
  });
});
