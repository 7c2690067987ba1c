import type { LiveEvent } from "../api/types";

/** The state of the socket: `connecting` before the first success, then `live`, or `lost` until it is back. */
export type LiveState = "connecting" | "live" | "lost";

/** The part of `WebSocket` that is used, so that a test can replace it. */
export interface LiveSocket {
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  close: () => void;
}

export interface LiveOptions {
  /** Opens a socket for the events after a sequence, or after the log's head. */
  connect: (after: number | undefined) => LiveSocket;
  onEvents: (events: LiveEvent[]) => void;
  /** Missed events are lost: all cached data must be read again. */
  onReset: () => void;
  onState: (state: LiveState) => void;
  /** Asks over HTTP why a socket ended before it was ready: a browser does not see the reason. */
  probe: (after: number | undefined) => Promise<"retry" | "gone">;
  /** From 0 to 1. */
  random: () => number;
}

export interface LiveConnection {
  /** Reconnects without the rest of the delay, as the network seems to be back. */
  wake: () => void;
  /** Takes a new socket, as the old one may be dead without a sign, for instance after the computer slept. */
  renew: () => void;
  stop: () => void;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const SLOW_READER = 4408;
const GONE = 4410;

/** Returns the delay before an attempt, counted from 0. It doubles, and half of it is random, so that clients spread out. */
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

/** Keeps one socket open, and resumes after the last sequence that it saw. No event is lost or reported twice. */
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
    // The log has no gaps, so a gap means missed events.
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
        // The server works, and asks for a new socket.
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
