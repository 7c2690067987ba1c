import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { show } from "../test/render";
import { RelativeTime } from "./RelativeTime";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const at = (distance: number) => new Date(NOW + distance).toISOString();

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

describe("times on the page", () => {
  it.each([1_000, 9_000, 14_000])("what_arrives_moves_the_clock_of_all_the_others_on: after %d ms", (later) => {
    show(<RelativeTime at={at(-60_000 * 1.45)} />);
    expect(screen.getByRole("time").textContent).toBe("1 minute ago");
    vi.setSystemTime(NOW + later);
    act(() => void show(<RelativeTime at={at(later - 500)} />));
    const [old, fresh] = screen.getAllByRole("time");
    expect(fresh?.textContent).toBe("just now");
    expect(old?.textContent).toBe(later < 3_000 ? "1 minute ago" : "2 minutes ago");
  });

  it.each([60_000, 3_600_000, 86_400_000])("a_time_that_is_ahead_of_this_clock_is_never_said_to_come: %d ms", (ahead) => {
    show(<RelativeTime at={at(ahead)} />);
    expect(screen.getByRole("time").textContent).toBe("just now");
  });

  it("all_change_together_every_quarter_minute", () => {
    show(
      <>
        <RelativeTime at={at(-40_000)} />
        <RelativeTime at={at(-60_000 * 1.45)} />
      </>,
    );
    expect(screen.getAllByRole("time").map((each) => each.textContent)).toEqual(["just now", "1 minute ago"]);
    act(() => void vi.advanceTimersByTime(15_000));
    expect(screen.getAllByRole("time").map((each) => each.textContent)).toEqual(["1 minute ago", "2 minutes ago"]);
  });
});
