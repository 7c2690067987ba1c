import { screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ApiProblem } from "../api/problem";
import { show } from "../test/render";
import { ProblemNote } from "./ProblemNote";

const refused = (status: number) => new ApiProblem({ status, code: "x", title: "Refused", detail: "No.", fields: {} });

describe("a problem on the page", () => {
  it.each([
    [403, 0],
    [0, 1],
    [404, 1],
    [503, 1],
  ])("a %d has %d buttons to try again", (status, buttons) => {
    show(<ProblemNote error={refused(status)} onRetry={vi.fn()} />);
    expect(screen.queryAllByRole("button", { name: "Try again" })).toHaveLength(buttons);
  });
});
