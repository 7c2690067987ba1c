import type { LiveEvent } from "../api/types";

/** `connecting` only before the first success; then `live`, or `lost` until it has healed. */
export type LiveState = "connecting" | "live" | "lost";

/** The part of `WebSocket` that is used, so that a test can play it. */
export interface LiveSocket {
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  close: () => void;
}

export interface LiveOptions {
  /** Opens a socket that tells what comes after this sequence, or from the log's head on. */
  connect: (after: number | undefined) => LiveSocket;
  onEvents: (events: LiveEvent[]) => void;
  /** What was missed cannot be told: everything that was read before now must be read anew. */
  onReset: () => void;
  onState: (state: LiveState) => void;
  /** A socket ended before it was ready, which has no reason that a browser may see: asks over HTTP. */
  probe: (after: number | undefined) => Promise<"retry" | "gone">;
  /** From 0 to 1. */
  random: () => number;
}

export interface LiveConnection {
  /** Something says that the network is back: do not wait any longer. */
  wake: () => void;
  /** The socket may be dead without knowing it, after a sleep of the computer, say: take a new one. */
  renew: () => void;
  stop: () => void;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const SLOW_READER = 4408;
const GONE = 4410;

/** How long to wait before try number `attempt` (from 0): doubling, with a random half, so that all clients do not come at once. */
export function delayBefore(attempt: number, random: number): number {
  const whole = Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS);
  return whole / 2 + (whole / 2) * random;
}

interface Frame {
  kind?: string;
  head?: number;
  event?: LiveEvent;
  events?: LiveEvent[];
}

function readFrame(data: unknown): Frame | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === "object" && frame !== null ? frame : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps one socket open and goes on from the last sequence that it saw: nothing is lost or told twice. */
export function keepLive(options: LiveOptions): LiveConnection {
  let cursor: number | undefined;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let socket: LiveSocket | undefined;
  let stopped = false;

  function drop(): void {
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
    socket = undefined;
  }

  function reset(): void {
    cursor = undefined;
    options.onReset();
  }

  function take(events: LiveEvent[]): void {
    const known = cursor;
    const fresh = known === undefined ? events : events.filter((event) => event.sequence > known);
    const [first] = fresh;
    const last = fresh.at(-1);
    if (!first || !last) return;
    cursor = last.sequence;
    // The log has no gaps; where one shows, something was missed.
    if (known !== undefined && first.sequence !== known + 1) options.onReset();
    options.onEvents(fresh);
  }

  function open(): void {
    timer = undefined;
    drop();
    const own = options.connect(cursor);
    socket = own;
    let ready = false;
    own.onmessage = ({ data }) => {
      const frame = readFrame(data);
      if (frame?.kind === "ready") {
        ready = true;
        attempt = 0;
        if (frame.head !== undefined && (cursor === undefined || frame.head < cursor)) {
          cursor = frame.head;
          options.onReset();
        }
        options.onState("live");
      } else if (frame?.kind === "events") take(frame.events ?? []);
      else if (frame?.kind === "event" && frame.event) take([frame.event]);
      else if (frame?.kind === "gone") reset();
    };
    own.onclose = ({ code }) => {
      socket = undefined;
      if (stopped) return;
      if (code === GONE || code === SLOW_READER) {
        // The server is well and asks for a new socket.
        wait(attempt++);
        return;
      }
      options.onState("lost");
      if (ready) wait(attempt++);
      else void ask();
    };
  }

  async function ask(): Promise<void> {
    const answer = await options.probe(cursor).catch(() => "retry" as const);
    if (stopped || socket) return;
    if (answer === "gone") reset();
    wait(attempt++);
  }

  function wait(after: number): void {
    clearTimeout(timer);
    timer = setTimeout(open, delayBefore(after, options.random()));
  }

  options.onState("connecting");
  open();
  return {
    wake() {
      if (stopped || timer === undefined) return;
      clearTimeout(timer);
      attempt = 0;
      open();
    },
    renew() {
      if (stopped) return;
      clearTimeout(timer);
      open();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      drop();
    },
  };
}
