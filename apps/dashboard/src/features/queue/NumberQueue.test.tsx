import { fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Queue } from "../../api/send";
import { answerWith } from "../../test/answers";
import { aQueue } from "../../test/queue";
import { showAt } from "../../test/render";
import { NumberQueues } from "./NumberQueue";

afterEach(() => vi.unstubAllGlobals());

const table = (change: Partial<Queue> = {}, isAdmin = true) => showAt(<NumberQueues queues={[aQueue(change)]} isAdmin={isAdmin} />);
const cell = (label: string) => document.querySelector(`[data-label="${label}"]`)?.textContent;

describe("a number's queue on the page", () => {
  it("leads_to_the_lists_of_what_failed_and_what_nobody_knows_of", async () => {
    await table({ failed: 12, unknown: 1 });
    expect(screen.getByRole("link", { name: "12" }).getAttribute("href")).toBe("/queue?accountId=account-1&status=failed#messages");
    expect(screen.getByRole("link", { name: "1" }).getAttribute("href")).toContain("status=unknown");
  });

  it("shows_a_dash_where_there_is_nothing", async () => {
    await table();
    for (const label of ["Waiting", "Sent in the last minute", "Unknown whether sent", "Failed"]) expect(cell(label)).toBe("–");
    expect(screen.queryByText("0")).toBeNull();
  });

  it("says_of_what_kind_the_waiting_messages_are", async () => {
    await table({ due: { high: 2, normal: 0, low: 10_000 } });
    expect(cell("Waiting")).toBe("2 answers, 10,000 or more bulk");
  });

  it.each([
    [{ high: 1, normal: 0, low: 0 }, "1 answer"],
    [{ high: 0, normal: 1, low: 1 }, "1 normal, 1 bulk"],
    [{ high: 21, normal: 0, low: 0 }, "21 answers"],
  ])("a_noun_follows_its_count: %o", async (due, words) => {
    await table({ due });
    expect(cell("Waiting")).toBe(words);
  });

  it("leads_to_the_list_of_what_there_is_no_news_of_where_there_is_any", async () => {
    const { unmount } = await table({ stuck: 10_000 });
    fireEvent.click(screen.getByRole("button", { expanded: false }));
    expect(screen.getByText("No news").parentElement?.textContent).toBe("No news10,000 or more");
    expect(screen.getByRole("link", { name: "10,000 or more" }).getAttribute("href")).toBe("/queue?accountId=account-1&stuck=true#messages");
    unmount();
    await table();
    fireEvent.click(screen.getByRole("button", { expanded: false }));
    expect(screen.getByText("No news").parentElement?.textContent).toBe("No news–");
  });

  it("is_paused_and_resumed_by_an_admin", async () => {
    const asked = answerWith({ "/api/queues/account-1/resume": aQueue() });
    await table({ isPaused: true });
    fireEvent.click(screen.getByRole("button", { name: "Resume sending from +1 555-013-4201" }));
    await vi.waitFor(() => expect(asked).toContain("POST /api/queues/account-1/resume"));
  });

  it("says_to_others_that_an_admin_resumes_it", async () => {
    await table({ isPaused: true }, false);
    expect(screen.getByText(/until an admin resumes it/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Resume|Pause/ })).toBeNull();
  });

  it("names_each_reason_with_how_many_wait_for_it", async () => {
    await table({ waiting: [{ reason: "pair_limit", count: 3 }, { reason: "paused", count: 10_000 }] });
    const items = screen.getAllByRole("listitem").map((each) => each.textContent);
    expect(items[0]).toContain("3Meta takes one message in six seconds for one person");
    expect(items[1]).toContain("10,000 or more");
  });
});
