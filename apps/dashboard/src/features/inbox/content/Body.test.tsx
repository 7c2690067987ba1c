import { fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readContent } from "../../../api/content";
import type { MediaFile, Message } from "../../../api/types";
import { answerWith } from "../../../test/answers";
import { aMessage } from "../../../test/inbox";
import { show } from "../../../test/render";
import { Body } from "./Body";

function showMessage(change: Partial<Message>, mayAct = true) {
  const message = aMessage(change);
  return show(<Body message={message} content={readContent(message.content)} mayAct={mayAct} onView={() => undefined} />);
}

const file = (state: MediaFile["state"], error: string | null = null): MediaFile => ({
  id: "f1",
  state,
  mimeType: "application/pdf",
  filename: "Invoice.pdf",
  size: 1_400_000,
  error,
  url: null,
});
const document = { type: "document", filename: "Invoice.pdf", voice: false, animated: false } as never;

afterEach(() => vi.unstubAllGlobals());

describe("files of messages", () => {
  it("a_file_that_is_fetched_says_so", () => {
    showMessage({ content: document, media: file("pending") });
    expect(screen.getByRole("status").textContent).toContain("Being fetched from Meta");
  });

  it("a_file_that_failed_says_why_and_is_asked_for_again", async () => {
    const asked = answerWith({ "/api/media/f1/refetch": file("pending") });
    showMessage({ content: document, media: file("failed", "expired") });
    expect(screen.getByText(/gone before it could be fetched/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Fetch it again" }));
    await vi.waitFor(() => expect(asked).toContain("POST /api/media/f1/refetch"));
  });

  it("who_may_only_look_is_not_offered_to_fetch_it_again", () => {
    showMessage({ content: document, media: file("failed") }, false);
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("a_stored_document_is_a_download_with_its_name_and_size", () => {
    showMessage({ content: document, media: file("stored") });
    const link = screen.getByRole<HTMLAnchorElement>("link");
    expect(link.getAttribute("download")).toBe("Invoice.pdf");
    expect(link.textContent).toContain("PDF · 1.4 MB");
  });

  it("a_picture_of_a_kind_that_could_run_something_is_only_a_download", () => {
    showMessage({ content: { type: "image", voice: false, animated: false } as never, media: { ...file("stored"), mimeType: "image/svg+xml" } });
    expect(screen.getByRole("link")).toBeTruthy();
    expect(screen.queryByRole("img")).toBeNull();
  });
});

describe("other kinds", () => {
  it("what_is_not_known_is_named_and_shown_whole_on_demand", async () => {
    showMessage({ content: { type: "hologram", secret_of_life: 42 } as never });
    expect(screen.getByText(/the kind “hologram”/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Show it as it came" }));
    expect((await screen.findByLabelText("Message as JSON")).textContent).toContain('"secret_of_life": 42');
  });

  it("a_form_shows_its_answers_without_the_token", () => {
    showMessage({ content: { type: "form_reply", name: "flow", body: "Booking", response: { flow_token: "t0ken", party_size: 3 } } as never });
    expect(screen.getByText("party size")).toBeTruthy();
    expect(screen.queryByText("t0ken")).toBeNull();
  });

  it.each([
    [{ saved_address_id: "a1", values: { name: "Ada", in_pin_code: "560001", city: "Bengaluru" } }, ["Ada", "560001", "Bengaluru"]],
    [{ name: "Home", values: { name: "Ada", floor: { number: 3, side: "left" } } }, ["Home", "Ada", "3", "left"]],
    [{ tags: ["gate", "dog"], places: [{ city: "Pune" }, { city: "Goa" }], empty: null }, ["gate, dog", "Pune", "Goa"]],
    [{ account: "12345678901234567890123", values: {} }, ["12345678901234567890123"]],
  ])("the_parts_of_an_address_are_shown_and_no_json: %j", (response, shown) => {
    showMessage({ content: { type: "form_reply", name: "address_message", response } as never });
    expect(screen.getByText("Address")).toBeTruthy();
    for (const part of shown) expect(screen.getByText(part)).toBeTruthy();
    expect(screen.queryByText(/[{}]/)).toBeNull();
  });

  it.each([
    [131060, "A message from before this number was connected."],
    [131051, "The person sent a kind of message that Meta does not pass on."],
  ])("what_meta_keeps_back_says_why: %i", (code, cause) => {
    const explanation = { cause, action: "Ask the person to send it again.", who: "customer", retry: "never" };
    showMessage({ content: { type: "unsupported", kind: "poll", raw: {}, errors: [{ code, explanation }] } as never });
    expect(screen.getByText(cause)).toBeTruthy();
    expect(screen.queryByText(/not shown yet/)).toBeNull();
    expect(screen.getByText(/Ask the person to send it again/)).toBeTruthy();
  });

  it("an_order_is_added_up", () => {
    showMessage({
      content: { type: "order", items: [{ productRetailerId: "A", quantity: 2, itemPrice: 12.5, currency: "EUR" }, { productRetailerId: "B", quantity: 1, itemPrice: 9, currency: "EUR" }] } as never,
    });
    expect(screen.getByText("Together €34.00")).toBeTruthy();
  });

  it("a_location_leads_to_a_map_and_to_no_address_that_is_not_of_the_web", () => {
    showMessage({ content: { type: "location", latitude: 38.7, longitude: -9.1, url: "javascript:alert(1)" } as never });
    expect(screen.getAllByRole("link")).toHaveLength(1);
    expect(screen.getByText("38.700000, -9.100000")).toBeTruthy();
  });
});
