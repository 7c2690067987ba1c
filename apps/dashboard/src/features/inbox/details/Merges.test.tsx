import { fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { answerWith } from "../../../test/answers";
import { aConversation } from "../../../test/inbox";
import { show } from "../../../test/render";
import { Merges } from "./Merges";

afterEach(() => vi.unstubAllGlobals());

const { contact } = aConversation();
if (!contact) throw new Error("the conversation of the fixture has no contact");
const merged = { ...contact, id: "p2", profileName: null, shownName: "+55 11 97654-3210", phone: "5511976543210" };
const merge = (change: object) => ({ id: "m1", merged: { ...merged, name: "Maria (work)", shownName: "Maria (work)" }, mergedAt: "2026-11-20T12:00:00Z", undoneAt: null, ...change });
const path = `/api/contacts/${contact.id}`;

describe("a contact that was merged", () => {
  it("says_with_whom_and_splits_only_after_asking", async () => {
    const asked = answerWith({
      [`${path}/merges`]: { items: [merge({}), merge({ id: "m0", undoneAt: "2026-11-21T12:00:00Z" })] },
      [`${path}/split`]: { contact, restored: merged },
    });
    show(<Merges contact={contact} />);
    fireEvent.click(await screen.findByRole("button", { name: "Split Maria (work) from Maria Silva" }));
    expect(screen.getAllByText(/Merged with Maria \(work\)/)).toHaveLength(1);
    expect(asked).not.toContain(`POST ${path}/split`);
    expect(await screen.findByText(/never merged again/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Split Maria (work)" }));
    await vi.waitFor(() => expect(asked).toContain(`POST ${path}/split`));
  });

  it("shows_nothing_where_nothing_was_merged", async () => {
    const asked = answerWith({ [`${path}/merges`]: { items: [] } });
    const { container } = show(<Merges contact={contact} />);
    await vi.waitFor(() => expect(asked).toContain(`GET ${path}/merges`));
    expect(container.textContent).not.toContain("Merged");
  });
});
