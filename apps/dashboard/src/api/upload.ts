import { problemFrom, type ApiProblem } from "./problem";
import type { Uploaded } from "./send";

export interface Upload {
  done: Promise<Uploaded>;
  cancel: () => void;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(request: XMLHttpRequest): ApiProblem {
  const headers = new Headers();
  for (const name of ["retry-after", "x-request-id"]) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return problemFrom(new Response(null, { status: request.status, headers }), parse(request.responseText));
}

/** Uploads a file by XMLHttpRequest, as `fetch` reports no progress. A cancelled upload fails with an `AbortError`. */
export function uploadFile(file: Blob, filename: string, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<Uploaded>((resolve, reject) => {
    request.open("POST", `/api/media?filename=${encodeURIComponent(filename)}`);
    request.setRequestHeader("content-type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status >= 200 && request.status < 300 && body !== undefined) resolve(body as Uploaded);
      else reject(refusal(request));
    };
    request.onerror = () => reject(new TypeError("The upload got no answer."));
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}
