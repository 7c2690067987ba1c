import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { MediaFile, Message } from "../../../api/types";
import { aMessage } from "../../../test/inbox";
import { show } from "../../../test/render";
import { linesOf } from "./lines";
import { PicturesRow } from "./PicturesRow";
import { buildRows } from "./rows";

function picture(status: Message["status"], state: MediaFile["state"] = "stored"): Message {
  const media: MediaFile = { id: "f1", state, mimeType: "image/jpeg", filename: null, size: 1_000, error: null, url: null };
  return aMessage({ direction: "outbound", type: "image", content: { type: "image" } as never, media, status });
}

function showGrid(...oldestFirst: Message[]) {
  const [line] = linesOf(buildRows(oldestFirst.toReversed(), true));
  if (!line) throw new Error("messages have a line");
  const onView = vi.fn();
  show(<PicturesRow line={line} them="Katharina" answerIn={undefined} highlighted={null} onView={onView} />);
  return onView;
}

describe("a grid of pictures", () => {
  it("names_each_picture_with_its_own_tick_and_shows_the_tick_of_the_last", () => {
    showGrid(picture("read"), picture("delivered"), picture("sent"));
    const list = screen.getByRole("list", { name: "3 pictures" });
    const names = within(list).getAllByRole("button").map((each) => each.getAttribute("aria-label"));
    expect(names).toEqual([
      expect.stringMatching(/^Open picture 1 of 3, .+, Read$/),
      expect.stringMatching(/^Open picture 2 of 3, .+, Delivered$/),
      expect.stringMatching(/^Open picture 3 of 3, .+, Sent$/),
    ]);
    expect(screen.getByRole("button", { name: /, Sent\. Details of this message$/ })).toBeTruthy();
  });

  it("opens_each_picture_by_its_own_message", () => {
    const both = [picture("sent"), picture("sent")];
    const onView = showGrid(...both);
    for (const each of screen.getAllByRole("button", { name: /^Open picture/ })) fireEvent.click(each);
    expect(onView.mock.calls).toEqual(both.map(({ id }) => [id]));
  });

  it("says_which_picture_is_still_being_fetched", () => {
    showGrid(picture("sent"), picture("sent", "pending"));
    expect(screen.getByRole("status", { name: "Fetching picture 2 of 2 from Meta" })).toBeTruthy();
    expect(screen.getAllByRole("button", { name: /^Open picture/ })).toHaveLength(1);
  });

  it("opens_the_first_picture_without_a_tile_that_can_be_opened", () => {
    const six = (["stored", "stored", "stored", "pending", "stored", "stored"] as const).map((state) => picture("sent", state));
    const onView = showGrid(...six);
    fireEvent.click(screen.getByRole("button", { name: /^\+3: open picture 4 of 6/ }));
    expect(onView.mock.calls).toEqual([[six[4]?.id]]);
  });
});
