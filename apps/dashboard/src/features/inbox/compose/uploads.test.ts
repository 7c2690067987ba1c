import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attach, attachmentsOf, detach, takeUploaded, uploadAgain } from "./uploads";

/** A request that a test controls. */
class FakeRequest {
  static all: FakeRequest[] = [];
  upload: { onprogress?: (event: { lengthComputable: boolean; loaded: number; total: number }) => void } = {};
  headers: Record<string, string> = {};
  address = "";
  status = 0;
  responseText = "";
  aborted = false;
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  constructor() {
    FakeRequest.all.push(this);
  }
  open(method: string, address: string): void {
    this.address = `${method} ${address}`;
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  getResponseHeader(): null {
    return null;
  }
  send(): void {
    // The test answers.
  }
  abort(): void {
    this.aborted = true;
    this.onabort?.();
  }
  answer(status: number, body: unknown): void {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.onload?.();
  }
}

beforeEach(() => {
  FakeRequest.all = [];
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
});
afterEach(() => vi.unstubAllGlobals());

const settle = () => new Promise((resolve) => setTimeout(resolve));
const pdf = (name = "Invoice 1.pdf", size = 3) => new File([new Uint8Array(size)], name, { type: "application/pdf" });
const last = () => FakeRequest.all.at(-1) ?? new FakeRequest();

describe("files of a message", () => {
  it("are_uploaded_at_once_and_show_how_far_they_are", async () => {
    attach("t1", [pdf()]);
    expect(last().address).toBe("POST /api/media?filename=Invoice%201.pdf");
    expect(last().headers["content-type"]).toBe("application/pdf");
    last().upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 });
    expect(attachmentsOf("t1")[0]).toMatchObject({ state: "uploading", progress: 0.25 });
    last().answer(201, { id: "u1", kind: "document", mimeType: "application/pdf", size: 3, filename: "Invoice 1.pdf" });
    await settle();
    expect(attachmentsOf("t1")[0]?.state).toBe("done");
    expect(takeUploaded("t1").map((each) => each.id)).toEqual(["u1"]);
    expect(attachmentsOf("t1")).toEqual([]);
  });

  it("that_are_taken_away_are_not_uploaded_any_further", async () => {
    attach("t2", [pdf()]);
    detach("t2", attachmentsOf("t2")[0]?.id ?? "");
    await settle();
    expect(last().aborted).toBe(true);
    expect(attachmentsOf("t2")).toEqual([]);
  });

  it("that_are_refused_say_why_and_are_not_sent_with_the_others", async () => {
    attach("t3", [pdf("a.pdf"), pdf("b.pdf")]);
    const [a, b] = FakeRequest.all;
    a?.answer(415, { code: "media_type", title: "No", detail: "WhatsApp takes no such file." });
    b?.answer(201, { id: "u2", kind: "document", mimeType: "application/pdf", size: 3, filename: "b.pdf" });
    await settle();
    expect(attachmentsOf("t3")[0]).toMatchObject({ state: "failed", problem: { detail: "WhatsApp takes no such file." } });
    expect(takeUploaded("t3").map((each) => each.id)).toEqual(["u2"]);
    expect(attachmentsOf("t3")).toHaveLength(1);
  });

  it("that_got_no_answer_can_be_uploaded_again", async () => {
    attach("t4", [pdf()]);
    last().onerror?.();
    await settle();
    expect(attachmentsOf("t4")[0]?.problem?.code).toBe("unreachable");
    uploadAgain("t4", attachmentsOf("t4")[0]?.id ?? "");
    expect(FakeRequest.all).toHaveLength(2);
    expect(attachmentsOf("t4")[0]).toMatchObject({ state: "uploading", progress: 0 });
  });
});
