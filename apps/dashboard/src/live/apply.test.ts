import { describe, expect, it } from "vitest";
import type { LiveEvent, Message } from "../api/types";
import { aConversation, aMessage, anEvent } from "../test/inbox";
import { applyToList, applyToThread, insert, newestFirst, readFact, type Fact } from "./apply";

const ME = "u1";
const facts = (...events: LiveEvent[]): Fact[] => events.map(readFact).filter((fact) => fact !== undefined);
const received = (message: Message) => anEvent("message.received", { message, from: {} });
const status = (message: Message, to: string, errors: unknown[] = []) =>
  anEvent("message.status", {
    messageId: message.id,
    conversationId: message.conversationId,
    status: to,
    entry: { status: to, at: "2026-11-20T12:00:00Z", errors, pricing: null, participant: null },
  });
const conversationUpdated = (change: object) => {
  return anEvent("conversation.updated", { conversation: { ...aConversation(change), contact: undefined, lastMessage: undefined } });
};

describe("a thread and its events", () => {
  it("a_new_message_is_put_where_its_time_says_and_a_repeat_changes_nothing", () => {
    const [first, second, third] = [aMessage(), aMessage(), aMessage()];
    const once = applyToThread([third, first], facts(received(second)), "c1", true);
    expect(once.map((each) => each.id)).toEqual([third.id, second.id, first.id]);
    const twice = applyToThread(once, facts(received(second)), "c1", true);
    expect(twice.map((each) => each.id)).toEqual([third.id, second.id, first.id]);
  });

  it("what_is_older_than_all_that_is_loaded_waits_until_it_is_scrolled_to", () => {
    const [old, loaded] = [aMessage(), aMessage()];
    expect(applyToThread([loaded], facts(received(old)), "c1", false)).toEqual([loaded]);
    expect(applyToThread([loaded], facts(received(old)), "c1", true)).toHaveLength(2);
  });

  it("another_conversations_events_leave_the_very_same_list", () => {
    const items = [aMessage()];
    expect(applyToThread(items, facts(received(aMessage({ conversationId: "c2" }))), "c1", true)).toBe(items);
  });

  it("a_status_moves_the_tick_and_a_failure_brings_its_reason", () => {
    const message = aMessage({ direction: "outbound", status: "sent" });
    const [read] = applyToThread([message], facts(status(message, "read")), "c1", true);
    expect(read?.status).toBe("read");
    const [failed] = applyToThread([message], facts(status(message, "failed", [{ code: 131026 }])), "c1", true);
    expect(failed?.errors).toEqual([{ code: 131026 }]);
  });

  it("an_edit_keeps_the_file_that_is_here_already", () => {
    const media = { id: "f1", state: "stored" as const, mimeType: "image/png", filename: null, size: 3, error: null, url: null };
    const message = aMessage({ type: "image", mediaId: "f1", media });
    const bare = { ...message, media: undefined };
    const edited = anEvent("message.updated", { message: { ...bare, editedAt: "2026-11-20T13:00:00Z" }, from: {} });
    const [after] = applyToThread([message], facts(edited), "c1", true);
    expect(after?.media).toEqual(media);
    expect(after?.editedAt).toBe("2026-11-20T13:00:00Z");
  });

  it("a_new_file_is_pending_until_its_own_event", () => {
    const content = { type: "image" as const, mimeType: "image/png", voice: false, animated: false };
    const bare = { ...aMessage({ type: "image", mediaId: "f1", content }), media: undefined };
    const fresh = applyToThread([], facts(anEvent("message.received", { message: bare, from: {} })), "c1", true);
    expect(fresh[0]?.media).toMatchObject({ id: "f1", state: "pending", mimeType: "image/png" });
    const stored = anEvent("media.updated", { mediaId: "f1", messageId: bare.id, conversationId: "c1", state: "stored" });
    expect(applyToThread(fresh, facts(stored), "c1", true)[0]?.media?.state).toBe("stored");
  });

  it("the_same_second_is_ordered_by_id", () => {
    const at = "2026-11-20T12:00:00Z";
    expect([{ at, id: "a" }, { at, id: "b" }].sort(newestFirst).map((each) => each.id)).toEqual(["b", "a"]);
  });
});

describe("sending and its events", () => {
  const sending = (message: Message, change: object) =>
    anEvent("message.sending", { messageId: message.id, conversationId: message.conversationId, accountId: "a1", metaMessageId: null, errors: [], attempt: 1, ...change });
  const ours = () => aMessage({ direction: "outbound", status: "queued", priority: "high", attempt: 0, canCancel: true, canRetry: false, metaMessageId: null });

  it("what_was_written_here_comes_into_the_thread", () => {
    const queued = anEvent("message.queued", { message: ours(), from: {} });
    expect(applyToThread([], facts(queued), "c1", true)[0]?.status).toBe("queued");
  });

  it("a_file_that_was_sent_from_here_is_here", () => {
    const content = { type: "image" as const, mimeType: "image/png", voice: false, animated: false };
    const bare = { ...ours(), type: "image", mediaId: "f1", content, media: undefined };
    const queued = anEvent("message.queued", { message: bare, from: {} });
    expect(applyToThread([], facts(queued), "c1", true)[0]?.media).toMatchObject({ id: "f1", state: "stored" });
  });

  it("acceptance_brings_metas_id_and_ends_cancelling", () => {
    const message = ours();
    const [after] = applyToThread([message], facts(sending(message, { status: "accepted", metaMessageId: "wamid.new" })), "c1", true);
    expect(after).toMatchObject({ status: "accepted", metaMessageId: "wamid.new", canCancel: false, canRetry: false, attempt: 1 });
  });

  it("an_unknown_outcome_may_be_repeated_only_with_a_warning", () => {
    const message = ours();
    const [after] = applyToThread([message], facts(sending(message, { status: "unknown" })), "c1", true);
    expect(after).toMatchObject({ canRetry: true, retryMayRepeat: true });
  });

  it("what_waits_says_why", () => {
    const message = ours();
    const waiting = { reason: "pair_limit", until: "2026-11-21T12:00:06Z" };
    const [after] = applyToThread([message], facts(sending(message, { status: "queued", waiting, attempt: 2 })), "c1", true);
    expect(after).toMatchObject({ waiting, attempt: 2 });
  });

  it("what_there_was_no_news_of_is_so_no_more_once_it_arrives_or_is_sent_again", () => {
    const message = { ...ours(), status: "accepted" as const, isStuck: true };
    const after = (...events: LiveEvent[]) => applyToThread([message], facts(...events), "c1", true)[0]?.isStuck;
    expect(after(status(message, "sent"))).toBe(true);
    expect(after(status(message, "delivered"))).toBe(false);
    expect(after(sending(message, { status: "failed" }), sending(message, { status: "queued" }), sending(message, { status: "accepted" }))).toBe(false);
  });

  it("a_report_of_failure_allows_another_try_of_ours_but_not_of_the_phones", () => {
    const [ours1, phones] = [{ ...ours(), status: "sent" as const }, aMessage({ direction: "outbound", status: "sent" })];
    const after = applyToThread([phones, ours1], facts(status(ours1, "failed"), status(phones, "failed")), "c1", true);
    expect(after.find((each) => each.id === ours1.id)?.canRetry).toBe(true);
    expect(after.find((each) => each.id === phones.id)?.canRetry).toBe(false);
  });
});

describe("the list and its events", () => {
  it("a_message_lifts_its_conversation_and_shows_as_its_last", () => {
    const top = aConversation({ id: "c2", lastMessageAt: "2026-11-20T13:00:00Z" });
    const low = aConversation({ id: "c1" });
    const message = aMessage({ at: "2026-11-20T14:00:00Z", content: { type: "text", body: "Hello" } });
    const { items } = applyToList([top, low], facts(received(message)), {}, ME);
    expect(items.map((each) => each.id)).toEqual(["c1", "c2"]);
    expect(items[0]?.lastMessage).toMatchObject({ preview: "Hello", id: message.id });
  });

  it("an_imported_old_message_is_not_the_last", () => {
    const last = { id: "m0", type: "text", preview: "New", direction: "inbound" as const, status: "received" as const, at: "2026-11-20T15:00:00Z", revoked: false };
    const items = [aConversation({ lastMessage: last, lastMessageAt: last.at })];
    const old = anEvent("message.imported", { message: aMessage({ at: "2026-01-01T00:00:00Z" }), from: {} });
    expect(applyToList(items, facts(old), {}, ME).items[0]?.lastMessage?.preview).toBe("New");
  });

  it("a_reaction_is_not_the_last_message", () => {
    const reaction = aMessage({ type: "reaction", content: { type: "reaction", messageId: "wamid.1", emoji: "👍" } as never, at: "2026-11-20T16:00:00Z" });
    expect(applyToList([aConversation()], facts(received(reaction)), {}, ME).items[0]?.lastMessage).toBeNull();
  });

  it("an_update_keeps_the_contact_and_last_message_that_it_does_not_tell", () => {
    const items = [aConversation({ unread: 0 })];
    const { items: after } = applyToList(items, facts(conversationUpdated({ unread: 4 })), {}, ME);
    expect(after[0]?.unread).toBe(4);
    expect(after[0]?.contact?.profileName).toBe("Maria Silva");
  });

  it("what_was_closed_or_given_to_somebody_leaves_a_list_that_is_without_them", () => {
    expect(applyToList([aConversation()], facts(conversationUpdated({ state: "closed" })), {}, ME).items).toEqual([]);
    const mine = [aConversation({ assigneeId: ME })];
    expect(applyToList(mine, facts(conversationUpdated({ assigneeId: "u2" })), { assignee: "me" }, ME).items).toEqual([]);
  });

  it("reading_does_not_take_a_conversation_out_of_the_unread_ones_under_the_readers_hand", () => {
    const items = [aConversation({ unread: 2 })];
    expect(applyToList(items, facts(conversationUpdated({ unread: 0 })), { unread: "true" }, ME).items).toHaveLength(1);
  });

  it("a_conversation_that_is_not_loaded_is_named_to_be_read", () => {
    expect([...applyToList([], facts(conversationUpdated({ id: "c9" })), {}, ME).unknown]).toEqual(["c9"]);
  });

  it("of_two_that_are_one_only_the_one_is_left", () => {
    const items = [aConversation({ id: "c1" }), aConversation({ id: "c2" })];
    const { contact } = aConversation();
    const merged = anEvent("contact.merged", { contact: { ...contact, name: "Maria" }, merged: "p2", conversations: [["c2", "c1"]] });
    const { items: after } = applyToList(items, facts(merged), {}, ME);
    expect(after.map((each) => [each.id, each.contact?.name])).toEqual([["c1", "Maria"]]);
  });

  it("an_erased_contacts_conversations_go", () => {
    expect(applyToList([aConversation()], facts(anEvent("contact.erased", { contactId: "p1" })), {}, ME).items).toEqual([]);
  });

  it("below_what_is_loaded_nothing_is_put_in", () => {
    const shown = [aConversation({ id: "c1", lastMessageAt: "2026-11-20T12:00:00Z" })];
    const older = aConversation({ id: "c2", lastMessageAt: "2026-11-19T12:00:00Z" });
    expect(insert(shown, older, false)).toHaveLength(1);
    expect(insert(shown, older, true).map((each) => each.id)).toEqual(["c1", "c2"]);
  });

  it("an_event_of_a_kind_or_shape_that_is_new_says_nothing", () => {
    expect(readFact(anEvent("webhook.test", {}))).toBeUndefined();
    expect(readFact(anEvent("message.received", { message: "?" }))).toBeUndefined();
    expect(readFact({ ...anEvent("webhook.test", {}), type: "something.new" } as unknown as LiveEvent)).toBeUndefined();
  });
});
