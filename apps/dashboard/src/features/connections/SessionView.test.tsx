import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { ConnectSession } from "../../api/types";
import { aCandidate, anAccount, aSession } from "../../test/fixtures";
import { show } from "../../test/render";
import type { ActOnSession, SessionAct } from "./data";
import { SessionState } from "./SessionView";
import type { PopupState } from "./popup";
import type { Popup } from "./usePopup";

function showState(session: ConnectSession, state: PopupState = { kind: "idle" }) {
  const acts: SessionAct[] = [];
  const act = { isPending: false, variables: undefined, mutate: (each: SessionAct) => acts.push(each) };
  const popup: Popup = { state, dispatch: vi.fn(), open: vi.fn(), reopen: vi.fn(), close: vi.fn() };
  const onDone = vi.fn();
  const onStartAgain = vi.fn();
  show(
    <SessionState
      session={session}
      act={act as unknown as ActOnSession}
      popup={popup}
      onDone={onDone}
      onStartAgain={onStartAgain}
    />,
  );
  return { acts, popup, onDone, onStartAgain };
}

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>("button", { name });
const problem = { code: "subscribe_failed", title: "Messages could not be switched on", detail: "Meta said no.", remedy: "Resume.", who: "business", docs: "docs/troubleshooting.md#subscribe_failed" };

describe("the panel's states", () => {
  it("running_shows_each_step_with_its_state_in_words", () => {
    const session = aSession();
    const [first, second] = session.steps;
    if (!first || !second) throw new Error("a session has steps");
    first.state = "done";
    second.state = "running";
    showState(session);
    expect(screen.getByText("Take over the login from Meta").textContent).toContain("done");
    expect(screen.getByText("Ask for a token that lasts").textContent).toContain("running");
    expect(screen.getAllByRole("listitem")).toHaveLength(9);
  });

  it("failed_says_why_and_what_to_do_and_resumes", () => {
    const session = aSession({ status: "failed", canResume: true, problem });
    const { acts } = showState(session);
    const alert = screen.getByRole("alert");
    expect(alert.textContent).toContain("Meta said no.");
    expect(alert.textContent).toContain("subscribe_failed");
    fireEvent.click(button("Resume"));
    expect(acts).toEqual([{ act: "resume" }]);
  });

  it.each([
    ["access_denied", "info", 0],
    ["missing_scope", "bad", 1],
    ["code_expired", "bad", 1],
  ])("only_the_person_s_own_cancelling_is_no_error_and_has_no_code: %s", (code, tone, codes) => {
    showState(aSession({ status: "failed", canResume: false, problem: { ...problem, code } }));
    expect(screen.getByRole("alert").dataset.tone).toBe(tone);
    expect(screen.queryAllByText(code)).toHaveLength(codes);
  });

  it("failed_for_good_offers_only_to_start_again", () => {
    const { onStartAgain } = showState(aSession({ status: "failed", canResume: false, problem }));
    expect(screen.queryByRole("button", { name: "Resume" })).toBeNull();
    fireEvent.click(button("Start again"));
    expect(onStartAgain).toHaveBeenCalledOnce();
  });

  it("a_wrong_pin_asks_for_the_right_one", () => {
    showState(aSession({ status: "failed", canResume: true, problem: { ...problem, code: "pin_mismatch" } }));
    expect(screen.getByText(/Two-step verification PIN/)).toBeTruthy();
  });

  it("the_chooser_connects_only_what_was_ticked", () => {
    const { acts } = showState(
      aSession({
        status: "awaiting_choice",
        candidates: [
          aCandidate({ phoneNumberId: "1", displayPhone: "+1 555 0101" }),
          aCandidate({ phoneNumberId: "2", displayPhone: "+1 555 0102" }),
          aCandidate({
            phoneNumberId: "3",
            displayPhone: "+1 555 0103",
            selectable: false,
            reason: { code: "number_not_verified", detail: "It is not verified.", remedy: "Verify it." },
          }),
        ],
      }),
    );
    expect(button("Choose a number").disabled).toBe(true);
    expect(screen.getByText(/Cannot be picked/).textContent).toContain("It is not verified. Verify it.");
    const box = (phone: string) => screen.getByRole<HTMLButtonElement>("checkbox", { name: new RegExp(phone.replace("+", "\\+")) });
    expect(box("+1 555 0103").disabled).toBe(true);
    fireEvent.click(box("+1 555 0101"));
    expect(button("Connect 1 number")).toBeTruthy();
    fireEvent.click(box("+1 555 0102"));
    fireEvent.click(button("Connect 2 numbers"));
    expect(acts).toEqual([{ act: "choose", phoneNumberIds: ["1", "2"] }]);
  });

  it("a_login_from_another_browser_waits_for_a_word_and_names_the_org", () => {
    const { acts } = showState(aSession({ status: "awaiting_confirmation" }));
    expect(screen.getByText("This login was finished in another browser")).toBeTruthy();
    expect(acts).toEqual([]);
    fireEvent.click(button("Connect it to Acme Coffee"));
    expect(acts).toEqual([{ act: "confirm" }]);
  });

  it("completed_names_the_numbers_and_what_is_left_to_do", () => {
    const session = aSession({ status: "completed", accounts: [anAccount({ needsRegistration: true })] });
    const { onDone } = showState(session);
    expect(screen.getByRole("alert").textContent).toContain("1 number connected");
    expect(screen.getByText(/needs registration/)).toBeTruthy();
    fireEvent.click(button("Show the connections"));
    expect(onDone).toHaveBeenCalledWith(session);
  });

  it("a_window_that_seems_closed_can_be_opened_again", () => {
    const { popup } = showState(aSession({ status: "awaiting_login" }), {
      kind: "waiting",
      sessionId: "session-1",
      authUrl: "https://meta.example/",
      windowGone: true,
    });
    fireEvent.click(button("Open it again"));
    expect(popup.reopen).toHaveBeenCalledOnce();
  });

  it.each(["cancelled", "expired"] as const)("%s_says_that_it_was_undone", (status) => {
    showState(aSession({ status, canCancel: false }));
    expect(screen.getByText(/is undone/)).toBeTruthy();
    expect(button("Start again")).toBeTruthy();
  });
});
