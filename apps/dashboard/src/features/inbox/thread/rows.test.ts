import { describe, expect, it } from "vitest";
import type { Message } from "../../../api/types";
import { aMessage } from "../../../test/inbox";
import { buildRows, firstUnread, isReadAtMeta } from "./rows";

const at = (time: string) => new Date(`2026-11-20T${time}`).toISOString();
const newestFirst = (...oldestFirst: Message[]) => oldestFirst.reverse();
const reaction = (target: Message, emoji: string | null, change: Partial<Message> = {}) =>
  aMessage({ type: "reaction", content: { type: "reaction", messageId: target.metaMessageId, emoji } as never, ...change });

describe("the lines of a thread", () => {
  it("messages_of_one_writer_within_five_minutes_are_a_group", () => {
    const rows = buildRows(
      newestFirst(
        aMessage({ at: at("10:00:00") }),
        aMessage({ at: at("10:02:00") }),
        aMessage({ at: at("10:03:00"), direction: "outbound", status: "sent" }),
        aMessage({ at: at("10:20:00"), direction: "outbound", status: "sent" }),
      ),
      true,
    );
    expect(rows.map((row) => [row.first, row.last])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  it("each_day_begins_anew", () => {
    const rows = buildRows(newestFirst(aMessage({ at: "2026-11-18T12:00:00Z" }), aMessage({ at: "2026-11-20T12:00:00Z" })), true);
    expect(rows.map((row) => row.newDay)).toEqual([true, true]);
  });

  it("the_oldest_that_is_loaded_has_a_day_only_where_none_is_older", () => {
    expect(buildRows([aMessage()], false)[0]?.newDay).toBe(false);
    expect(buildRows([aMessage()], true)[0]?.newDay).toBe(true);
  });

  it("reactions_stand_on_their_target_and_are_no_lines", () => {
    const target = aMessage();
    const rows = buildRows(newestFirst(target, reaction(target, "👍"), reaction(target, "👍", { direction: "outbound" })), true);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.reactions).toEqual([{ emoji: "👍", count: 2, own: true }]);
  });

  it("a_persons_newer_reaction_replaces_the_older_and_an_empty_one_takes_it_back", () => {
    const target = aMessage();
    expect(buildRows(newestFirst(target, reaction(target, "👍"), reaction(target, "❤️")), true)[0]?.reactions).toEqual([
      { emoji: "❤️", count: 1, own: false },
    ]);
    expect(buildRows(newestFirst(target, reaction(target, "👍"), reaction(target, null)), true)[0]?.reactions).toEqual([]);
  });

  it("edits_and_revokes_are_no_lines", () => {
    const edit = aMessage({ type: "edit", content: { type: "edit", originalMessageId: "x" } as never });
    const revoke = aMessage({ type: "revoke", content: { type: "revoke", originalMessageId: "x" } as never });
    expect(buildRows(newestFirst(edit, revoke), true)).toEqual([]);
  });

  it("a_reply_knows_what_it_answers_where_that_is_loaded", () => {
    const question = aMessage();
    const answer = aMessage({ context: { messageId: question.metaMessageId ?? "", forwarded: false, frequentlyForwarded: false } });
    expect(buildRows(newestFirst(question, answer), true)[1]?.quoted).toBe(question);
    expect(buildRows([answer], true)[0]?.quoted).toBeUndefined();
  });

  it("a_type_that_is_new_is_shown_as_unsupported_with_all_that_came", () => {
    const content = { type: "hologram", size: 3 };
    const [row] = buildRows([aMessage({ type: "hologram", content: content as never })], true);
    expect(row?.content).toEqual({ type: "unsupported", kind: "hologram", raw: content });
  });

  it("unread_begins_at_the_first_of_the_customers_that_nobody_read", () => {
    const [a, b, c] = [aMessage(), aMessage({ direction: "outbound", status: "sent" }), aMessage()];
    expect(firstUnread([c, b, a], 2)).toBe(a.id);
    expect(firstUnread([c, b, a], 1)).toBe(c.id);
    expect(firstUnread([c, b, a], 0)).toBeUndefined();
    expect(firstUnread([c, b, a], 9)).toBeUndefined();
  });

  it("a_late_message_is_where_the_unread_begin_and_notices_and_answered_calls_are_never_unread", () => {
    const late = aMessage({ at: at("08:00:00"), createdAt: at("12:00:00") });
    const read = aMessage({ at: at("10:00:00"), createdAt: at("10:00:00") });
    const notice = aMessage({ at: at("13:00:00"), createdAt: at("13:00:00"), type: "system", content: { type: "system", kind: "x" } as never });
    const call = (change: object) =>
      aMessage({ at: at("14:00:00"), createdAt: at("14:00:00"), type: "call", content: { type: "call", event: "terminate", ...change } as never });
    const answered = call({ status: "COMPLETED", duration: 3 });
    const missed = call({ status: "FAILED" });
    expect(firstUnread([notice, read, late], 1)).toBe(late.id);
    expect(firstUnread([answered, notice, read, late], 1)).toBe(late.id);
    expect(firstUnread([missed, read, late], 1)).toBe(missed.id);
    expect(firstUnread([missed, read, late], 2)).toBe(late.id);
  });

  it("a_quote_is_found_under_every_spelling_of_its_id", () => {
    const spelled = (who: string, side: number, token = "3EB0A1") =>
      `wamid.${btoa(`\x1c\x18${String.fromCharCode(who.length)}${who}\x15\x02\0${String.fromCharCode(side)}\x18${String.fromCharCode(token.length)}${token}\0`)}`;
    const target = aMessage({ metaMessageId: spelled("15550100001", 0x12) });
    for (const messageId of [spelled("BR.1000000000000001", 0x12), spelled("15550100001", 0x11), target.metaMessageId ?? ""]) {
      const reply = aMessage({ context: { messageId } as never });
      expect(buildRows(newestFirst(target, reply), true)[1]?.quoted?.id).toBe(target.id);
    }
    for (const messageId of [spelled("15550100001", 0x12, "3EB0A2"), "wamid.x", "wamid.HBg=", "wacid.1"]) {
      const reply = aMessage({ context: { messageId } as never });
      expect(buildRows(newestFirst(target, reply), true)[1]?.quoted).toBeUndefined();
    }
  });

  it("only_messages_that_meta_knows_by_an_id_are_told_as_read", () => {
    expect(isReadAtMeta(aMessage())).toBe(true);
    expect(isReadAtMeta(aMessage({ direction: "outbound" }))).toBe(false);
    expect(isReadAtMeta(aMessage({ type: "call", metaMessageId: "wacid.1" }))).toBe(false);
    expect(isReadAtMeta(aMessage({ type: "audio", metaMessageId: "wacid.1" }))).toBe(false);
    expect(isReadAtMeta(aMessage({ type: "system" }))).toBe(false);
  });
});
