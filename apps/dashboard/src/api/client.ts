import createClient, { type Middleware } from "openapi-fetch";
import { setLink } from "./link";
import { problemFrom } from "./problem";
import type { paths } from "./schema";
import { learnServerTime } from "./serverClock";

const watchLink: Middleware = {
  onResponse({ response, schemaPath }) {
    setLink({ online: true });
    learnServerTime(response.headers.get("date"), Date.now());
    // A wrong password is an answer; only a session that died asks for a new sign-in.
    if (response.status === 401 && schemaPath !== "/auth/login" && schemaPath !== "/auth/me") {
      setLink({ sessionEnded: true });
    }
  },
  onError() {
    setLink({ online: false });
  },
};

/** Same-origin client; the session is an HttpOnly cookie, so no token is ever held here. */
export const api = createClient<paths>({
  baseUrl: "/",
  credentials: "same-origin",
  // Looked up at each request, so that a test can answer.
  fetch: (request) => globalThis.fetch(request),
});
api.use(watchLink);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a successful answer; anything else is thrown as an `ApiProblem`. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw problemFrom(response, error);
  if (data === undefined || data === null) throw problemFrom(response, error);
  return data;
}

/** For answers without a body. */
export async function settle(answer: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await answer;
  if (!response.ok) throw problemFrom(response, error);
}
