import { describe, expect, it } from "vitest";
import { windowState } from "./details/window";
import { enters, filterQuery, readFilters } from "./filters";
import { aConversation } from "../../test/inbox";
import { tickOf } from "./thread/ticks";
import { contactName, conversationName, durationWords, fileKind, lineOf, noticeWords, phoneWords, sizeWords } from "./words";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const HOUR = 3_600_000;
const until = (ms: number) => new Date(NOW + ms).toISOString();

describe("words of the inbox", () => {
  it.each([
    ["15550134201", "+1 555 013 4201"],
    ["5511987654321", "+55 119 876 54321"],
    ["351912345678", "+351 912 345 678"],
    ["+49 170 1234567", "+49 170 1234567"],
    ["", ""],
  ])("the number %s is %s", (phone, words) => {
    expect(phoneWords(phone)).toBe(words);
  });

  it.each([
    ["note.txt", "text/plain", "TXT"],
    ["Report Q3.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"],
    ["archive.tar.gz", "application/gzip", "GZ"],
    ["Document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOCX"],
    ["invoice", "application/pdf; charset=binary", "PDF"],
    ["Invoice No. 12", "application/pdf", "PDF"],
    [".env", "text/plain", "TXT"],
    ["Photo", "application/x-unheard-of", undefined],
    ["Photo", null, undefined],
  ])("the file %s of type %s is called %s", (name, type, kind) => {
    expect(fileKind(name, type)).toBe(kind);
  });

  it.each([
    ["user_changed_number", "User A changed from 4915112345678 to 4915112345679", "4915112345679", "Katharina changed number to +49 151 123 45679"],
    ["user_changed_number", "User A changed from 4915112345678 to 4915112345679", undefined, "Katharina changed number to +49 151 123 45679"],
    ["customer_changed_number", undefined, "+15550134201", "Katharina changed number to +1 555 013 4201"],
    ["user_changed_number", "whatever Meta says", undefined, "Katharina changed number"],
    ["customer_identity_changed", "Identity", undefined, "Katharina set up WhatsApp anew"],
    ["user_changed_user_id", undefined, undefined, "Katharina has a new WhatsApp user id"],
    ["something_new", "It concerns 4915112345678", undefined, "It concerns +49 151 123 45678"],
    ["something_new", undefined, undefined, "something new"],
  ])("a notice %s is told in our own words", (kind, body, phone, words) => {
    expect(noticeWords({ type: "system", kind, ...(body && { body }), ...(phone && { now: { phone } }) }, "Katharina")).toBe(words);
  });

  it.each([
    ["User A changed from 4915112345678 to 4915112345679", "Changed number to +49 151 123 45679"],
    ["Call 4915112345678 or +15550134201", "Call +49 151 123 45678 or +1 555 013 4201"],
    ["Order 1234567 is ready", "Order 1234567 is ready"],
    ["wamid9876543210 was pinned", "wamid9876543210 was pinned"],
  ])("numbers_in_a_notice_are_written_as_numbers_are: %s", (preview, words) => {
    expect(lineOf("system", preview)).toBe(words);
  });

  it("a_contact_is_called_by_the_best_that_is_known", () => {
    const contact = aConversation().contact;
    if (!contact) throw new Error("a conversation has a contact");
    expect(contactName({ ...contact, name: "Maria (VIP)" })).toBe("Maria (VIP)");
    expect(contactName(contact)).toBe("Maria Silva");
    expect(contactName({ ...contact, profileName: null, username: "maria" })).toBe("@maria");
    expect(contactName({ ...contact, profileName: null })).toBe("+55 119 876 54321");
    expect(contactName(null)).toBe("Unknown person");
  });

  it("a_group_is_called_by_its_subject", () => {
    const facts = { description: null, joinApprovalMode: null, suspended: false, deleted: false };
    const group = { ...aConversation(), contact: null, contactId: null, groupId: "g1" };
    expect(conversationName({ ...group, group: { ...facts, subject: "Order 4711" } })).toBe("Order 4711");
    expect(conversationName({ ...group, group: { ...facts, subject: null } })).toBe("Group");
    expect(conversationName(group)).toBe("Group");
    expect(conversationName({ ...group, groupId: null })).toBe("Erased person");
  });

  it("a_line_names_the_kind_where_words_alone_would_not_say_it", () => {
    expect(lineOf("text", "Hello\n there")).toBe("Hello there");
    expect(lineOf("image", null)).toBe("Photo");
    expect(lineOf("image", "A cup")).toBe("Photo: A cup");
    expect(lineOf("hologram_x", null)).toBe("hologram x");
  });

  it("sizes_and_durations", () => {
    expect([sizeWords(312), sizeWords(1_400_000), sizeWords(84_213)]).toEqual(["312 B", "1.4 MB", "84 kB"]);
    expect([durationWords(185), durationWords(5)]).toEqual(["3:05", "0:05"]);
  });
});

describe("ticks", () => {
  it.each([
    ["sent", "Sent"],
    ["delivered", "Delivered"],
    ["read", "Read"],
    ["played", "Played"],
    ["failed", "Not delivered"],
    ["unknown", "Nobody knows whether Meta took it"],
    ["held_for_review", "held for review"],
  ])("%s says %s", (status, words) => {
    expect(tickOf("outbound", status)?.words).toBe(words);
  });

  it("a_customers_message_has_none", () => {
    expect(tickOf("inbound", "received")).toBeUndefined();
  });
});

describe("the window's clock", () => {
  it("runs_down_in_hours_then_in_seconds", () => {
    expect(windowState({ open: true, kind: "service", until: until(5.2 * HOUR) }, NOW)).toMatchObject({ open: true, left: "5 h 12 min", short: "5 h", soon: false });
    expect(windowState({ open: true, kind: "service", until: until(725_000) }, NOW)).toMatchObject({ left: "12:05 min", soon: true });
  });

  it("shuts_by_itself_whatever_the_server_said_when_it_was_read", () => {
    expect(windowState({ open: true, kind: "service", until: until(-1) }, NOW).open).toBe(false);
  });

  it("a_free_entry_point_is_measured_by_its_three_days", () => {
    expect(windowState({ open: true, kind: "freeEntryPoint", until: until(36 * HOUR) }, NOW).share).toBe(0.5);
  });
});

describe("filters in the address", () => {
  it("open_ones_are_asked_for_unless_said_otherwise", () => {
    expect(filterQuery({})).toEqual({ state: "open" });
    expect(filterQuery({ state: "all", unread: "true", assignee: "me" })).toEqual({ unread: true, assignee: "me" });
  });

  it("what_makes_no_sense_is_left_out", () => {
    expect(readFilters({ state: "odd", unread: "maybe", search: 7, assignee: "" })).toEqual({});
  });

  it("what_a_search_finds_only_the_server_knows", () => {
    expect(enters(aConversation(), { search: "x" }, "u1")).toBe(false);
    expect(enters(aConversation(), { unread: "true" }, "u1")).toBe(false);
    expect(enters(aConversation({ unread: 1 }), { unread: "true", assignee: "none" }, "u1")).toBe(true);
  });
});
