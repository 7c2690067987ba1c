import { fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { answerWith } from "../../test/answers";
import { aQueue } from "../../test/queue";
import { showAt } from "../../test/render";
import { NumberQueue } from "./NumberQueue";

afterEach(() => vi.unstubAllGlobals());

describe("a number's queue on the page", () => {
  it("leads_to_the_lists_of_what_failed_and_what_nobody_knows_of", async () => {
    await showAt(<NumberQueue queue={aQueue({ failed: 12, unknown: 1 })} isAdmin />);
    expect(screen.getByRole("link", { name: "12" }).getAttribute("href")).toBe("/queue?accountId=account-1&status=failed#messages");
    expect(screen.getByRole("link", { name: "1" }).getAttribute("href")).toContain("status=unknown");
  });

  it("leads_to_the_list_of_what_there_is_no_news_of_where_there_is_any", async () => {
    const { unmount } = await showAt(<NumberQueue queue={aQueue({ stuck: 10_000 })} isAdmin />);
    expect(screen.getByText("No news").parentElement?.textContent).toBe("No news10,000 or more");
    expect(screen.getByRole("link", { name: "10,000 or more" }).getAttribute("href")).toBe("/queue?accountId=account-1&stuck=true#messages");
    unmount();
    await showAt(<NumberQueue queue={aQueue()} isAdmin />);
    expect(screen.getByText("No news").parentElement?.textContent).toBe("No news0");
  });

  it("is_paused_and_resumed_by_an_admin", async () => {
    const asked = answerWith({ "/api/queues/account-1/resume": aQueue() });
    await showAt(<NumberQueue queue={aQueue({ isPaused: true })} isAdmin />);
    fireEvent.click(screen.getByRole("button", { name: "Resume sending from +1 555-013-4201" }));
    await vi.waitFor(() => expect(asked).toContain("POST /api/queues/account-1/resume"));
  });

  it("says_to_others_that_an_admin_resumes_it", async () => {
    await showAt(<NumberQueue queue={aQueue({ isPaused: true })} isAdmin={false} />);
    expect(screen.getByText(/until an admin resumes it/)).toBeTruthy();
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("names_each_reason_with_how_many_wait_for_it", async () => {
    await showAt(<NumberQueue queue={aQueue({ waiting: [{ reason: "pair_limit", count: 3 }, { reason: "paused", count: 10_000 }] })} isAdmin />);
    const items = screen.getAllByRole("listitem").map((each) => each.textContent);
    expect(items[0]).toContain("3Meta takes one message in six seconds for one person");
    expect(items[1]).toContain("10,000 or more");
  });
});
