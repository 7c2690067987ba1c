/** Meta's codes, where Meta refused. */
export interface MetaAnswer {
  code?: number;
  subcode?: number;
  fbtraceId?: string;
}

interface ProblemFields {
  status: number;
  code: string;
  title: string;
  detail: string;
  remedy?: string;
  /** Its place in the documentation, such as `docs/troubleshooting.md#missing_scope`. */
  docs?: string;
  requestId?: string;
  meta?: MetaAnswer;
  /** A sentence for each faulty field of the request, by the field's JSON pointer. */
  fields: Record<string, string>;
}

/** A failed request: the API refused it, or gave no answer. */
export class ApiProblem extends Error implements ProblemFields {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy?: string;
  readonly docs?: string;
  readonly requestId?: string;
  readonly meta?: MetaAnswer;
  readonly fields: Record<string, string>;

  constructor(fields: ProblemFields) {
    super(fields.detail);
    this.name = "ApiProblem";
    this.status = fields.status;
    this.code = fields.code;
    this.title = fields.title;
    this.detail = fields.detail;
    this.fields = fields.fields;
    if (fields.remedy !== undefined) this.remedy = fields.remedy;
    if (fields.docs !== undefined) this.docs = fields.docs;
    if (fields.requestId !== undefined) this.requestId = fields.requestId;
    if (fields.meta !== undefined) this.meta = fields.meta;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Reads a problem+json body leniently: a proxy may have answered in place of the API. */
export function problemFrom(response: Response, body: unknown): ApiProblem {
  const fields = isRecord(body) ? body : {};
  const retryAfter = response.headers.get("retry-after");
  const remedy =
    text(fields.remedy) ?? (retryAfter ? `Try again in ${retryAfter} seconds.` : undefined);
  const requestId = text(fields.requestId) ?? response.headers.get("x-request-id") ?? undefined;
  const docs = text(fields.docs);
  return new ApiProblem({
    status: response.status,
    code: text(fields.code) ?? `http_${response.status}`,
    title: text(fields.title) ?? "The server refused",
    detail: text(fields.detail) ?? `The server answered ${response.status} without saying why.`,
    fields: fieldErrors(fields.errors),
    ...(remedy !== undefined && { remedy }),
    ...(docs !== undefined && { docs }),
    ...(requestId !== undefined && { requestId }),
    ...(isRecord(fields.meta) && { meta: metaAnswer(fields.meta) }),
  });
}

function metaAnswer(meta: Record<string, unknown>): MetaAnswer {
  const code = number(meta.code);
  const subcode = number(meta.subcode);
  const fbtraceId = text(meta.fbtraceId);
  return {
    ...(code !== undefined && { code }),
    ...(subcode !== undefined && { subcode }),
    ...(fbtraceId !== undefined && { fbtraceId }),
  };
}

function fieldErrors(errors: unknown): Record<string, string> {
  const found: Record<string, string> = {};
  if (!Array.isArray(errors)) return found;
  for (const error of errors as unknown[]) {
    if (!isRecord(error)) continue;
    const pointer = text(error.pointer);
    const detail = text(error.detail);
    if (pointer && detail) found[pointer.replace(/^#?\//, "")] = detail;
  }
  return found;
}

/** Turns a thrown value into a problem that can be shown. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TypeError) {
    return new ApiProblem({
      status: 0,
      code: "unreachable",
      title: "Wabakit cannot be reached",
      detail: "The request got no answer: the network or the server is away.",
      remedy: "Check your connection. This page goes on by itself when the server is back.",
      fields: {},
    });
  }
  return new ApiProblem({
    status: 0,
    code: "unexpected",
    title: "Something unexpected happened",
    detail: error instanceof Error ? error.message : "The page met an error that it does not know.",
    remedy: "Reload the page. If it happens again, tell whoever runs this server.",
    fields: {},
  });
}
