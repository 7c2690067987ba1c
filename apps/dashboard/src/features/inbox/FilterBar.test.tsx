import { fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answerWith } from "../../test/answers";
import { show } from "../../test/render";
import { FilterBar } from "./FilterBar";
import type { Filters } from "./filters";

beforeEach(() => {
  answerWith({ "/api/accounts": { data: [] }, "/api/team": { data: [] } });
});
afterEach(() => vi.unstubAllGlobals());

const field = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Search conversations" });

/** Stands for the address, which links and buttons change too. */
function Address({ start, next }: { start: Filters; next: Filters }) {
  const [filters, setFilters] = useState(start);
  return (
    <>
      <FilterBar filters={filters} onChange={setFilters} />
      <button type="button" onClick={() => setFilters(next)}>
        elsewhere
      </button>
      <output>{filters.search ?? "none"}</output>
    </>
  );
}

describe("the search of the inbox", () => {
  it.each([
    ["a link to a number", {}, { search: "+49 151 123 45679", state: "all" }, "+49 151 123 45679"],
    ["another link", { search: "Ana" }, { search: "Ben" }, "Ben"],
    ["the button that shows all", { search: "Ana" }, {}, ""],
  ] as const)("shows_what_the_list_is_narrowed_to: %s", (_, start, next, shown) => {
    show(<Address start={start} next={next} />);
    fireEvent.click(screen.getByText("elsewhere"));
    expect(field().value).toBe(shown);
  });

  it("keeps_what_is_being_typed_while_the_list_follows", async () => {
    show(<Address start={{}} next={{}} />);
    fireEvent.change(field(), { target: { value: "An" } });
    await screen.findByText("An");
    fireEvent.change(field(), { target: { value: "Ana " } });
    expect(field().value).toBe("Ana ");
    await screen.findByText("Ana");
    expect(field().value).toBe("Ana ");
  });
});
