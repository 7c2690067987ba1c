import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { aMessage } from "../../../test/inbox";
import { showAt } from "../../../test/render";
import { MessageRow } from "./MessageRow";
import { buildRows } from "./rows";

async function notice(content: object) {
  const [row] = buildRows([aMessage({ type: "system", content: { type: "system", ...content } as never })], true);
  if (!row) throw new Error("a message has a row");
  await showAt(<MessageRow row={row} them="Katharina" mayAct answerIn={undefined} highlighted={false} onJump={() => undefined} onView={() => undefined} />);
  return screen.queryByRole("link");
}

describe("a notice of WhatsApp", () => {
  it.each([
    ["by Meta's sentence", { kind: "user_changed_number", body: "User Katharina changed from 4915112345678 to 4915112345679" }, "+49 151 123 45679"],
    ["by the number itself", { kind: "customer_changed_number", now: { phone: "15550134201" } }, "+1 555 013 4201"],
    ["by the number, whatever the sentence says", { kind: "user_changed_number", body: "Katharina hat jetzt 4915112345679", now: { phone: "+351912345678" } }, "+351 912 345 678"],
  ])("of_a_changed_number_leads_to_the_contact_who_has_it_now: %s", async (_, content, number) => {
    const link = await notice(content);
    expect(link?.textContent).toBe(number);
    expect(link?.parentElement?.textContent).toContain(`Katharina changed number to ${number} ·`);
    const address = new URL(link?.getAttribute("href") ?? "", "http://localhost");
    expect(address.pathname).toBe("/inbox");
    expect(Object.fromEntries(address.searchParams)).toEqual({ search: number, state: "all" });
  });

  it.each([
    ["that tells no number", { kind: "user_changed_number", body: "Katharina changed her number" }],
    ["about something else", { kind: "something_new", body: "It concerns 4915112345678" }],
    ["about a user id", { kind: "user_changed_user_id", now: { userId: "BR.2", phone: "4915112345678" } }],
  ])("leads_nowhere_where_no_number_changed: %s", async (_, content) => {
    expect(await notice(content)).toBeNull();
  });
});
