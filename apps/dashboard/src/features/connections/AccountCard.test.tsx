import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { anAccount } from "../../test/fixtures";
import { show } from "../../test/render";
import { AccountCard } from "./AccountCard";

const card = (isAdmin: boolean, change = {}) =>
  show(<AccountCard account={anAccount(change)} isAdmin={isAdmin} highlighted={false} onReconnect={vi.fn()} />);

describe("the card of a number", () => {
  it("somebody_who_may_only_look_gets_no_buttons_that_would_be_refused", () => {
    card(false, { needsRegistration: true });
    for (const name of ["Verify", "Reconnect", "Disconnect"]) {
      expect(screen.queryByRole("button", { name })).toBeNull();
    }
  });

  it("its_state_is_said_in_words", () => {
    card(true, { state: "needs_attention" });
    expect(screen.getByText("Needs attention")).toBeTruthy();
  });

  it("disconnecting_asks_first_and_names_the_number", () => {
    card(true);
    fireEvent.click(screen.getByRole("button", { name: "Disconnect" }));
    const dialog = screen.getByRole("dialog");
    expect(within(dialog).getByRole("button", { name: "Disconnect +1 555-013-4201" })).toBeTruthy();
    expect(dialog.textContent).toContain("The history and the audit log.");
  });

  it("a_disconnected_number_can_only_be_reconnected", () => {
    card(true, { state: "disconnected", isActive: false, disconnectedAt: "2026-11-20T12:00:00Z" });
    expect(screen.getByRole("button", { name: "Reconnect" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Verify" })).toBeNull();
    expect(screen.queryByText("Token")).toBeNull();
  });
});
