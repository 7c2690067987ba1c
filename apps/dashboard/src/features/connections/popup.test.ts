import { describe, expect, it } from "vitest";
import { isWebUrl, parseConnectMessage, popupReducer, type PopupEvent, type PopupState } from "./popup";

const IDLE: PopupState = { kind: "idle" };

function after(...events: PopupEvent[]): PopupState {
  return events.reduce(popupReducer, IDLE);
}

const opened: PopupEvent = { type: "opened" };
const started: PopupEvent = { type: "started", sessionId: "s1", authUrl: "https://meta.example/dialog" };
const message = (sessionId: string, error?: string): PopupEvent => ({
  type: "message",
  message: { sessionId, ...(error && { error }) },
});

describe("the popup's course", () => {
  it("waits_for_the_login_once_the_window_is_open_and_the_session_begun", () => {
    expect(after(opened, started)).toEqual({
      kind: "waiting",
      sessionId: "s1",
      authUrl: "https://meta.example/dialog",
      windowGone: false,
    });
  });

  it("a_message_of_the_same_session_ends_the_waiting_and_keeps_the_refusal", () => {
    expect(after(opened, started, message("s1", "access_denied"))).toEqual({
      kind: "returned",
      sessionId: "s1",
      error: "access_denied",
    });
  });

  it("a_message_of_another_session_changes_nothing", () => {
    expect(after(opened, started, message("s2"))).toEqual(after(opened, started));
  });

  it("a_session_that_moved_on_ends_the_waiting_though_no_message_came", () => {
    const moved: PopupEvent = { type: "session", sessionId: "s1", status: "running" };
    expect(after(opened, started, moved)).toEqual({ kind: "returned", sessionId: "s1" });
  });

  it("a_session_that_still_awaits_the_login_goes_on_waiting", () => {
    const still: PopupEvent = { type: "session", sessionId: "s1", status: "awaiting_login" };
    expect(after(opened, started, still).kind).toBe("waiting");
  });

  it("a_window_that_seems_gone_is_a_hint_and_the_message_still_counts", () => {
    const gone = after(opened, started, { type: "windowGone" });
    expect(gone).toMatchObject({ kind: "waiting", windowGone: true });
    expect(popupReducer(gone, { type: "reopened" })).toMatchObject({ kind: "waiting", windowGone: false });
    expect(popupReducer(gone, message("s1")).kind).toBe("returned");
  });

  it("a_blocked_window_is_told_and_can_be_tried_again", () => {
    expect(after({ type: "blocked" }).kind).toBe("blocked");
    expect(after({ type: "blocked" }, opened, started).kind).toBe("waiting");
  });

  it("an_answer_that_comes_after_giving_up_does_not_bring_the_login_back", () => {
    expect(after(opened, { type: "reset" }, started)).toEqual(IDLE);
    expect(after(opened, { type: "reset" }, { type: "refused", error: new Error("late") })).toEqual(IDLE);
  });

  it("a_server_that_refuses_to_begin_is_shown", () => {
    expect(after(opened, { type: "refused", error: "why" })).toEqual({ kind: "refused", error: "why" });
  });
});

describe("what the callback page posts", () => {
  it("is_read_with_its_refusal", () => {
    expect(
      parseConnectMessage({ type: "wabakit.connect", sessionId: "s1", result: { error: "code_expired" } }),
    ).toEqual({ sessionId: "s1", error: "code_expired" });
    expect(parseConnectMessage({ type: "wabakit.connect", sessionId: "s1", result: { success: true } })).toEqual({
      sessionId: "s1",
    });
  });

  it.each([null, "text", 7, {}, { type: "wabakit.connect" }, { type: "other", sessionId: "s1" }])(
    "is_ignored_when_it_is_not_ours: %j",
    (data) => {
      expect(parseConnectMessage(data)).toBeNull();
    },
  );
});

describe("the address of Meta's login", () => {
  it.each(["https://www.facebook.com/v25.0/dialog/oauth", "http://127.0.0.1:8081/dialog/oauth"])("may_be %s", (url) => {
    expect(isWebUrl(url)).toBe(true);
  });
  it.each(["javascript:alert(1)", "data:text/html,x", "/relative", ""])("may_not_be %s", (url) => {
    expect(isWebUrl(url)).toBe(false);
  });
});
