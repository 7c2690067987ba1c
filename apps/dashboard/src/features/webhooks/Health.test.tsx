import { fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { answerWith } from "../../test/answers";
import { show } from "../../test/render";
import { changeQuery } from "./data";
import { Health } from "./Health";
import { Parked } from "./Parked";
import { RawView } from "./RawView";

afterEach(() => vi.unstubAllGlobals());

describe("the health of webhooks", () => {
  it("is_a_sentence_then_each_account", async () => {
    answerWith({
      "/api/webhooks/health": {
        receiving: { perMinute: 12, lastAt: new Date(Date.now() - 3000).toISOString() },
        wabas: [{ wabaId: "42", wabaName: "Juniper", lastAt: null, perMinute: 12, latencyMs: { average: 38, max: 1400 }, parked: 1, minutes: [] }],
        queued: 4,
        parked: 1,
      },
    });
    show(<Health />);
    expect((await screen.findByRole("heading")).textContent).toMatch(/^Receiving: 12 a minute, last \d s ago$/);
    expect(screen.getByText("4 changes waiting to be applied, 1 item parked")).toBeTruthy();
    expect(screen.getByText("38 ms, at most 1.4 s")).toBeTruthy();
    expect(screen.getByRole("img").getAttribute("aria-label")).toContain("in the last hour");
  });

  it("that_cannot_be_loaded_says_so_with_the_request_to_quote", async () => {
    answerWith({ "/api/webhooks/health": { code: "forbidden", title: "No", detail: "You may not.", requestId: "r-7" } }, 403);
    show(<Health />);
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("could not be loaded");
    expect(alert.textContent).toContain("r-7");
  });
});

describe("parked items", () => {
  it("none_is_good_news", async () => {
    answerWith({ "/api/webhooks/parked": { data: [], nextCursor: null } });
    show(<Parked scope="org" mayAct />);
    expect(await screen.findByText(/everything that arrived was applied/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Replay all/ })).toBeNull();
  });
});

describe("what Meta sent", () => {
  const change = { id: "c", deliveryId: "d", field: "messages", lane: "n:1", receivedAt: "2026-11-20T12:00:00Z", size: 1, state: "applied", parked: [], raw: '{"body":"•••"}' };

  it("is_masked_until_somebody_who_may_asks_and_confirms", async () => {
    const asked = answerWith({ "/api/webhooks/changes/c": change });
    show(<RawView query={(reveal) => changeQuery("c", reveal)} mayReveal />);
    expect((await screen.findByRole("region")).textContent).toContain('"body": "•••"');
    fireEvent.click(screen.getByRole("button", { name: "Reveal" }));
    expect(asked).toEqual(["GET /api/webhooks/changes/c"]);
    fireEvent.click(await screen.findByRole("button", { name: "Reveal personal data" }));
    await vi.waitFor(() => expect(asked.at(-1)).toBe("GET /api/webhooks/changes/c?reveal=true"));
  });

  it("cannot_be_revealed_by_others", async () => {
    answerWith({ "/api/webhooks/changes/c": change });
    show(<RawView query={(reveal) => changeQuery("c", reveal)} mayReveal={false} />);
    await screen.findByRole("region");
    expect(screen.queryByRole("button", { name: "Reveal" })).toBeNull();
  });
});
