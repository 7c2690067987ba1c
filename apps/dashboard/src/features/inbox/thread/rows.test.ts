import { describe, expect, it } from "vitest";
import type { Message } from "../../../api/types";
import { aMessage } from "../../../test/inbox";
import { buildRows, firstUnread } from "./rows";

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
});
