import { fireEvent, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Warning } from "../../api/types";
import { answerWith } from "../../test/answers";
import { anAccount, aWarning } from "../../test/fixtures";
import { show } from "../../test/render";
import { Notices } from "./Notices";

afterEach(() => vi.unstubAllGlobals());

async function notice(change: Partial<Warning>, isAdmin = true) {
  const warning = aWarning({ accountId: "account-1", ...change });
  const asked = answerWith({
    "/api/connections/warnings": { data: [warning] },
    "/api/connect-sessions": { data: [] },
    "/api/accounts/account-1/verify": {},
  });
  const acts = { onReconnect: vi.fn(), onRegister: vi.fn() };
  show(<Notices accounts={[anAccount()]} isAdmin={isAdmin} shown={undefined} onResume={vi.fn()} {...acts} />);
  const banner = await screen.findByRole("group");
  return { asked, banner, buttons: within(banner).queryAllByRole("button"), ...acts };
}

describe("a warning on the page", () => {
  it.each([
    ["reconnect", "Reconnect"],
    ["register", "Register with PIN"],
    ["verify", "Verify"],
  ] as const)("has_the_button_of_its_act_and_no_other: %s", async (act, name) => {
    const { asked, buttons, onReconnect, onRegister } = await notice({ act, severity: "critical" });
    expect(buttons.map((each) => each.textContent)).toEqual([name]);
    fireEvent.click(screen.getByRole("button", { name }));
    if (act === "reconnect") expect(onReconnect).toHaveBeenCalledOnce();
    if (act === "register") expect(onRegister).toHaveBeenCalledOnce();
    if (act === "verify") await vi.waitFor(() => expect(asked).toContain("POST /api/accounts/account-1/verify"));
  });

  it.each([{}, { act: undefined }, { act: "something_new" as never }])("without_an_act_of_this_page_has_no_button: %o", async (change) => {
    expect((await notice(change as Partial<Warning>)).buttons).toEqual([]);
  });

  it("says_to_who_may_not_do_it_who_may", async () => {
    const { banner, buttons } = await notice({ act: "register" }, false);
    expect(buttons).toEqual([]);
    expect(banner.textContent).toContain("An admin of your organisation can do it.");
  });
});
