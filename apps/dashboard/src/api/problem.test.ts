import { describe, expect, it } from "vitest";
import { ApiProblem, asProblem, problemFrom } from "./problem";
import { every, worthRetrying } from "./queryClient";

describe("problems", () => {
  it("keeps_what_a_person_needs_of_the_server's_answer", () => {
    const problem = problemFrom(new Response(null, { status: 422 }), {
      title: "Not valid",
      detail: "The email is taken.",
      code: "invalid",
      requestId: "r1",
      meta: { code: 190, subcode: 463 },
      errors: [{ pointer: "/email", detail: "Taken." }],
    });
    expect(problem).toMatchObject({ code: "invalid", detail: "The email is taken.", requestId: "r1" });
    expect(problem.meta).toEqual({ code: 190, subcode: 463 });
    expect(problem.fields).toEqual({ email: "Taken." });
  });

  it("a_proxy's_page_in_our_place_is_still_a_problem_with_words", () => {
    const response = new Response("<html>", { status: 502, headers: { "x-request-id": "r2" } });
    expect(problemFrom(response, "<html>")).toMatchObject({ code: "http_502", requestId: "r2" });
  });

  it("how_long_to_wait_becomes_the_remedy", () => {
    const response = new Response(null, { status: 429, headers: { "retry-after": "30" } });
    expect(problemFrom(response, {}).remedy).toBe("Try again in 30 seconds.");
  });

  it("no_answer_at_all_is_told_as_such", () => {
    expect(asProblem(new TypeError("Failed to fetch")).code).toBe("unreachable");
    expect(asProblem("odd").code).toBe("unexpected");
  });

  it("a_refusal_is_not_asked_again_but_a_failure_is", () => {
    const refusal = problemFrom(new Response(null, { status: 403 }), {});
    const failure = problemFrom(new Response(null, { status: 503 }), {});
    expect(refusal).toBeInstanceOf(ApiProblem);
    expect(worthRetrying(0, refusal)).toBe(false);
    expect(worthRetrying(0, failure)).toBe(true);
    expect(worthRetrying(2, failure)).toBe(false);
  });

  it.each([
    ["nothing was asked yet", undefined, null, 5],
    ["it answered", [], null, 5],
    ["it answered before, and fails now", [], new Error("away"), 5],
    ["its first answer failed", undefined, new Error("away"), false],
  ])("a_page_asks_again_by_the_clock_but_does_not_swap_an_error_for_a_skeleton: %s", (_, data, error, next) => {
    expect(every(5)({ state: { data, error } })).toBe(next);
  });
});
