import createClient, { type Middleware } from "openapi-fetch";
import { setLink } from "./link";
import { problemFrom } from "./problem";
import type { paths } from "./schema";
import { learnServerTime } from "./serverClock";

const watchLink: Middleware = {
  onResponse({ response, schemaPath }) {
    setLink({ online: true });
    learnServerTime(response.headers.get("date"), Date.now());
    // A wrong password is no ended session.
    if (response.status === 401 && schemaPath !== "/auth/login" && schemaPath !== "/auth/me") {
      setLink({ sessionEnded: true });
    }
  },
  onError() {
    setLink({ online: false });
  },
};

/** The client of the API, same-origin. The session is an HttpOnly cookie, so the page holds no token. */
export const api = createClient<paths>({
  baseUrl: "/",
  credentials: "same-origin",
  // Looked up at each request, so that a test can replace it.
  fetch: (request) => globalThis.fetch(request),
});
api.use(watchLink);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Returns the body of a successful answer, and throws any other as an `ApiProblem`. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw problemFrom(response, error);
  if (data === undefined || data === null) throw problemFrom(response, error);
  return data;
}

/** Waits for an answer without a body, and throws one that is no success as an `ApiProblem`. */
export async function settle(answer: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await answer;
  if (!response.ok) throw problemFrom(response, error);
}
