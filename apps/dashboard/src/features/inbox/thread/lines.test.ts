import { describe, expect, it } from "vitest";
import type { MediaFile, Message } from "../../../api/types";
import { aMessage } from "../../../test/inbox";
import { linesOf } from "./lines";
import { buildRows } from "./rows";

const at = (time: string, day = "2026-11-20") => new Date(`${day}T${time}`).toISOString();
const file = (change: Partial<MediaFile> = {}): MediaFile => ({
  id: "f1",
  state: "stored",
  mimeType: "image/jpeg",
  filename: null,
  size: 1_000,
  error: null,
  url: null,
  ...change,
});
const image = (caption?: string) => ({ type: "image", caption, voice: false, animated: false }) as never;
const picture = (change: Partial<Message> = {}) => aMessage({ type: "image", content: image(), media: file(), at: at("12:00:00"), ...change });
const ours = (status: Message["status"], change: Partial<Message> = {}) => picture({ direction: "outbound", status, ...change });
const context = (change: object) => ({ forwarded: false, frequentlyForwarded: false, ...change }) as never;
const pictures = (count: number) => Array.from({ length: count }, () => picture());
const reactionTo = (target: Message, emoji: string) =>
  aMessage({ type: "reaction", content: { type: "reaction", messageId: target.metaMessageId, emoji } as never });

/** Counts the messages of each line. */
function lengths(oldestFirst: readonly Message[], unreadFrom?: string): number[] {
  return linesOf(buildRows(oldestFirst.toReversed(), true, unreadFrom)).map((line) => line.length);
}

describe("pictures in a row", () => {
  it.each<[string, Message[], number[]]>([
    ["one", pictures(1), [1]],
    ["two", pictures(2), [2]],
    ["five", pictures(5), [5]],
    ["ours", [ours("accepted"), ours("sent"), ours("delivered"), ours("read")], [4]],
    ["one that is still being fetched", [picture(), picture({ media: file({ state: "pending", mimeType: null }) })], [2]],
    ["a caption between", [...pictures(2), picture({ content: image("The box") }), ...pictures(2)], [2, 1, 2]],
    ["a text between", [...pictures(2), aMessage({ at: at("12:00:00") }), ...pictures(2)], [2, 1, 2]],
    ["a video between", [...pictures(2), picture({ type: "video", content: { type: "video" } as never }), picture()], [2, 1, 1]],
    ["our picture after theirs", [...pictures(2), ours("read"), ours("read")], [2, 2]],
    ["another member of a group", [...pictures(2), picture({ contactId: "p2" }), picture({ contactId: "p2" })], [2, 2]],
    ["midnight between", [picture({ at: at("23:58:30") }), picture({ at: at("23:59:00") }), picture({ at: at("00:00:30", "2026-11-21") })], [2, 1]],
    ["five minutes later", [...pictures(2), picture({ at: at("12:04:59") }), picture({ at: at("12:05:00") })], [3, 1]],
    ["a failed one", [ours("sent"), ours("sent"), ours("failed"), ours("sent"), ours("sent")], [2, 1, 2]],
    ["an unknown one", [ours("sent"), ours("sent"), ours("unknown")], [2, 1]],
    ["one that waits and can be cancelled", [ours("sent"), ours("sent"), ours("queued")], [2, 1]],
    ["one of a status that is new", [ours("sent"), ours("sent"), ours("teleported" as never)], [2, 1]],
    ["one without news", [ours("sent"), ours("sent"), ours("sent", { isStuck: true })], [2, 1]],
    ["a reply", [...pictures(2), picture({ context: context({ messageId: "wamid.0" }) }), picture()], [2, 1, 1]],
    ["a forwarded one", [...pictures(2), picture({ context: context({ forwarded: true }) })], [2, 1]],
    ["one that was edited", [...pictures(2), picture({ editedAt: at("12:01:00") })], [2, 1]],
    ["one that was taken back", [...pictures(2), picture({ revokedAt: at("12:01:00") })], [2, 1]],
    ["one whose file is lost", [...pictures(2), picture({ media: file({ state: "failed" }) })], [2, 1]],
    ["one that no browser shows", [...pictures(2), picture({ media: file({ mimeType: "image/svg+xml" }) })], [2, 1]],
  ])("are_one_line_only_where_nothing_is_said_beside_or_between_them: %s", (_, messages, expected) => {
    expect(lengths(messages)).toEqual(expected);
  });

  it("a_reaction_takes_its_picture_out_of_the_line_until_it_is_taken_back", () => {
    const five = pictures(5);
    const [, , third] = five;
    if (!third) throw new Error("five have a third");
    expect(lengths([...five, reactionTo(third, "👍")])).toEqual([2, 1, 2]);
    expect(lengths([...five, reactionTo(third, "👍"), reactionTo(third, "")])).toEqual([5]);
  });

  it("the_unread_ones_begin_a_line_of_their_own", () => {
    const four = pictures(4);
    expect(lengths(four, four[2]?.id)).toEqual([2, 2]);
  });

  it("the_messages_keep_their_order_and_none_is_lost", () => {
    const messages = [...pictures(3), aMessage({ at: at("12:00:00") }), ...pictures(2)];
    const lines = linesOf(buildRows(messages.toReversed(), true));
    expect(lines.flat().map((row) => row.message.id)).toEqual(messages.map((each) => each.id));
  });
});
