import { describe, expect, it } from "vitest";
import { aConversation } from "../../../test/inbox";
import { addressOf, contactCard, file, interactive, length, outgoing, reaction, readPlace, template, text, type InteractiveForm } from "./requests";

const form: InteractiveForm = { kind: "button", header: "", body: "Which day?", footer: "", buttons: ["Monday", "Tuesday"], open: "Days", rows: [{ title: "Monday", description: "" }], linkText: "Shop", url: "https://example.com" };
const uploaded = { id: "u1", mimeType: "image/png", size: 3, sha256: "0", filename: "cup.png", kind: "image" as const };

describe("requests as Meta takes them", () => {
  it("a_text_with_a_link_asks_for_its_preview", () => {
    expect(text("Hello").part).toEqual({ type: "text", text: { body: "Hello" } });
    expect(text("See https://example.com").part.text).toMatchObject({ preview_url: true });
  });

  it("an_empty_reaction_takes_it_back", () => {
    expect(reaction("wamid.1", "").part).toEqual({ type: "reaction", reaction: { message_id: "wamid.1", emoji: "" } });
  });

  it("words_go_with_files_that_take_them_and_names_with_documents", () => {
    expect(file(uploaded, { caption: "Look" }).part).toEqual({ type: "image", image: { id: "u1", caption: "Look" } });
    expect(file({ ...uploaded, kind: "document" }).part).toEqual({ type: "document", document: { id: "u1", filename: "cup.png" } });
    expect(file({ ...uploaded, kind: "audio" }, { caption: "Look", voice: true }).part).toEqual({ type: "audio", audio: { id: "u1", voice: true } });
  });

  it("buttons_lists_and_links_have_their_action", () => {
    expect(interactive(form).part.interactive).toMatchObject({ type: "button", body: { text: "Which day?" }, action: { buttons: [{ type: "reply", reply: { id: "choice-1", title: "Monday" } }, { reply: { title: "Tuesday" } }] } });
    expect(interactive({ ...form, kind: "list" }).part.interactive).toMatchObject({ action: { button: "Days", sections: [{ rows: [{ id: "row-1", title: "Monday" }] }] } });
    expect(interactive({ ...form, kind: "cta_url" }).part.interactive).toMatchObject({ action: { name: "cta_url", parameters: { display_text: "Shop", url: "https://example.com" } } });
  });

  it("a_template_has_only_the_components_that_it_is_given", () => {
    expect(template({ name: "hello_world", language: "en_US", header: "", parameters: [] }).part.template).toEqual({ name: "hello_world", language: { code: "en_US" } });
    expect(template({ name: "order", language: "de", header: "4812", parameters: [{ name: "customer", text: "Ana" }] }).part.template).toMatchObject({
      components: [
        { type: "header", parameters: [{ type: "text", text: "4812" }] },
        { type: "body", parameters: [{ type: "text", parameter_name: "customer", text: "Ana" }] },
      ],
    });
  });

  it("a_card_has_a_name_in_two_parts_as_meta_wants_it", () => {
    const [card] = contactCard({ name: "Ana Maria Costa", phone: "+351 912 345 678", email: "", company: "" }).part.contacts as object[];
    expect(card).toEqual({
      name: { formatted_name: "Ana Maria Costa", first_name: "Ana", last_name: "Maria Costa" },
      phones: [{ phone: "+351 912 345 678", type: "CELL", wa_id: "351912345678" }],
    });
  });

  it.each([
    ["38.7223, -9.1393", 38.7223, -9.1393],
    ["https://www.openstreetmap.org/?mlat=38.7&mlon=-9.1#map=16/1/2", 38.7, -9.1],
    ["https://www.google.com/maps/place/X/@38.7,-9.1,17z", 38.7, -9.1],
    ["https://maps.google.com/?q=38.7,-9.1", 38.7, -9.1],
  ])("the place in %s is read", (words, latitude, longitude) => {
    expect(readPlace(words)).toEqual({ latitude, longitude });
  });

  it("what_is_on_no_globe_is_no_place", () => {
    expect([readPlace("99, 200"), readPlace("Lisbon"), readPlace("")]).toEqual([undefined, undefined, undefined]);
  });

  it("emoji_count_as_characters_not_as_halves", () => {
    expect(length("👍👍")).toBe(2);
  });
});

describe("for whom it is", () => {
  it("a_number_has_its_plus_sign_a_username_its_user_id_and_a_group_its_id", () => {
    const conversation = aConversation();
    expect(addressOf(conversation)).toEqual({ to: "+5511987654321" });
    const named = { ...conversation, contact: conversation.contact && { ...conversation.contact, phone: null, userId: "BR.1" } };
    expect(addressOf(named)).toEqual({ recipient: "BR.1" });
    expect(addressOf({ ...conversation, userId: "BR.2", isPhoneStale: true })).toEqual({ recipient: "BR.2" });
    expect(addressOf({ ...conversation, userId: "BR.2", isPhoneStale: false })).toEqual({ to: "+5511987654321" });
    expect(addressOf({ ...named, userId: "BR.2" })).toEqual({ recipient: "BR.2" });
    expect(addressOf({ ...conversation, groupId: "g1" })).toEqual({ to: "g1", recipient_type: "group" });
    expect(addressOf({ ...conversation, contact: null })).toBeUndefined();
  });

  it("an_answer_goes_before_bulk_and_carries_its_key_so_that_events_can_name_it", () => {
    const made = outgoing(aConversation(), text("Hi"), "k1", "2026-11-21T12:00:00Z", { replyTo: "wamid.9" });
    expect(made?.request).toMatchObject({ accountId: "a1", priority: "high", clientReference: "k1", context: { message_id: "wamid.9" }, text: { body: "Hi" } });
    expect(made?.request.ignoreWindow).toBeUndefined();
  });
});
