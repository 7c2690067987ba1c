import { fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Message } from "../../../api/types";
import { answerWith } from "../../../test/answers";
import { aMessage } from "../../../test/inbox";
import { show, showAt } from "../../../test/render";
import { SendState } from "./SendState";

afterEach(() => vi.unstubAllGlobals());

const sent = (change: Partial<Message>) => aMessage({ direction: "outbound", attempt: 1, canCancel: false, canRetry: true, retryMayRepeat: false, ...change });
const fault = (retry: "safe" | "later" | "never" | "unknown") => ({
  code: 131026,
  title: "Undeliverable",
  message: null,
  details: null,
  href: null,
  explanation: { cause: "They have no WhatsApp.", action: "Reach them another way.", retrySafe: retry === "safe", retry, who: "customer" as const },
});
const showState = (message: Message, mayAct = true) => show(<SendState message={message} mayAct={mayAct} />);

describe("a message that failed", () => {
  it("says_the_cause_the_act_who_must_act_and_metas_code", () => {
    const { container } = showState(sent({ status: "failed", errors: [fault("later")] }));
    expect(container.textContent).toContain("They have no WhatsApp. Reach them another way. Only the customer can change it.");
    expect(container.textContent).toContain("131026");
  });

  it("is_sent_again_where_that_is_safe", async () => {
    const message = sent({ status: "failed", errors: [fault("safe")] });
    const asked = answerWith({ [`/api/messages/${message.id}/retry`]: { ...message, status: "queued" } });
    showState(message);
    fireEvent.click(screen.getByRole("button", { name: "Send again" }));
    await vi.waitFor(() => expect(asked).toContain(`POST /api/messages/${message.id}/retry`));
  });

  it("that_would_fail_again_is_not_offered_to_be_sent_again", () => {
    showState(sent({ status: "failed", errors: [fault("never")] }));
    expect(screen.queryByRole("button", { name: /Send again/ })).toBeNull();
    expect(screen.getByText(/it would fail again/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Edit as a new message" })).toBeTruthy();
  });

  it("offers_nothing_to_who_may_only_look", () => {
    showState(sent({ status: "failed", errors: [fault("safe")] }), false);
    expect(screen.queryByRole("button", { name: /Send again|Edit/ })).toBeNull();
  });
});

describe("a message of which nobody knows", () => {
  const unknown = () => sent({ status: "unknown", retryMayRepeat: true });

  it("is_sent_again_only_after_the_warning_that_it_may_arrive_twice", async () => {
    const message = unknown();
    const bodies: unknown[] = [];
    vi.stubGlobal("fetch", async (request: Request) => {
      bodies.push([new URL(request.url).pathname, await request.json()]);
      return new Response(JSON.stringify({ ...message, status: "queued" }), { headers: { "content-type": "application/json" } });
    });
    showState(message);
    fireEvent.click(screen.getByRole("button", { name: "Send again…" }));
    expect((await screen.findByRole("dialog")).textContent).toContain("the customer gets it twice");
    expect(bodies).toEqual([]);
    fireEvent.click(screen.getByRole("button", { name: "Send it, perhaps twice" }));
    await vi.waitFor(() => expect(bodies).toEqual([[`/api/messages/${message.id}/retry`, { mayRepeat: true }]]));
  });

  it("can_be_said_not_to_have_been_sent", async () => {
    const message = unknown();
    const asked = answerWith({ [`/api/messages/${message.id}/dismiss`]: { ...message, status: "failed" } });
    showState(message);
    fireEvent.click(screen.getByRole("button", { name: "It was not sent" }));
    await vi.waitFor(() => expect(asked).toContain(`POST /api/messages/${message.id}/dismiss`));
  });
});

describe("a message without news", () => {
  const shown = (change: Partial<Message>) => showAt(<SendState message={sent({ canRetry: false, isStuck: true, ...change })} mayAct />);

  it("that_meta_took_leads_to_where_its_reports_come_in", async () => {
    const { container } = await shown({ status: "accepted" });
    expect(container.textContent).toContain("Meta took it and has told nothing since. See under Webhooks whether Meta's reports come in.");
    expect(screen.getByRole("link", { name: "Webhooks" }).getAttribute("href")).toBe("/webhooks");
  });

  it("that_meta_sent_may_be_the_phones_and_is_not_sent_again", async () => {
    const { container } = await shown({ status: "sent" });
    expect(container.textContent).toContain("The customer's phone has not got it yet. It may be switched off");
    expect(container.textContent).toContain("not sent again by itself");
    expect(screen.queryByRole("button")).toBeNull();
  });

  it.each(["delivered", "read", "played"] as const)("says_nothing_once_it_is_%s", async (status) => {
    const { container } = await shown({ status });
    expect(container.textContent).not.toMatch(/told nothing|not got it/);
  });

  it.each(["accepted", "sent"] as const)("says_nothing_while_it_is_%s_for_a_short_time", async (status) => {
    const { container } = await shown({ status, isStuck: false });
    expect(container.textContent).not.toMatch(/told nothing|not got it/);
  });
});

describe("a message that waits", () => {
  const old = new Date(Date.now() - 60_000).toISOString();

  it("says_why_and_until_when_and_can_be_taken_back", async () => {
    const until = new Date(Date.now() + 90_000).toISOString();
    const message = sent({ status: "queued", createdAt: old, canCancel: true, canRetry: false, waiting: { reason: "pair_limit", until } });
    const asked = answerWith({ [`/api/messages/${message.id}`]: message, [`/api/messages/${message.id}/cancel`]: { ...message, status: "cancelled" } });
    showState(message);
    expect(screen.getByText(/one message in six seconds for one person, until about \d\d:\d\d\./)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Cancel message" }));
    await vi.waitFor(() => expect(asked).toContain(`POST /api/messages/${message.id}/cancel`));
  });

  it("asks_the_server_for_what_only_the_queue_knows", async () => {
    const message = sent({ status: "queued", createdAt: old, canCancel: true, waiting: null });
    answerWith({ [`/api/messages/${message.id}`]: { ...message, waiting: { reason: "paused", until: null } } });
    showState(message);
    expect(await screen.findByText(/is paused\. An admin can resume it/)).toBeTruthy();
  });

  it("says_nothing_in_its_first_moment", () => {
    showState(sent({ status: "queued", createdAt: new Date().toISOString(), canCancel: true }));
    expect(screen.queryByText(/Waits/)).toBeNull();
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("for_a_proof_says_that_meta_did_not_answer", () => {
    showState(sent({ status: "sending", waiting: { reason: "proof", until: new Date(Date.now() + 600_000).toISOString() } }));
    expect(screen.getByText(/Meta did not answer; a status may still prove that it arrived, until/)).toBeTruthy();
  });
});
