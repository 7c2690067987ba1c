import { vi } from "vitest";

/** Lets `fetch` answer by path, with 404 for any other path. Returns the requests that were made. */
export function answerWith(answers: Record<string, unknown>, status = 200): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (input: Request | string) => {
    const url = new URL(typeof input === "string" ? input : input.url, "http://localhost");
    asked.push(`${typeof input === "string" ? "GET" : input.method} ${url.pathname}${url.search}`);
    const known = url.pathname in answers;
    const body = known ? answers[url.pathname] : { code: "not_found", title: "Not found", detail: "There is nothing here." };
    const kind = known && status < 400 ? "application/json" : "application/problem+json";
    return Promise.resolve(new Response(JSON.stringify(body), { status: known ? status : 404, headers: { "content-type": kind } }));
  });
  return asked;
}
