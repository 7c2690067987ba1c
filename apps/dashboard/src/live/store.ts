import type { LiveEvent } from "../api/types";
import type { LiveState } from "./connection";

let state: LiveState = "connecting";
const stateListeners = new Set<() => void>();
const eventListeners = new Set<(events: LiveEvent[]) => void>();

export function readLive(): LiveState {
  return state;
}

export function setLive(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const listener of stateListeners) listener();
}

export function subscribeLive(listener: () => void): () => void {
  stateListeners.add(listener);
  return () => {
    stateListeners.delete(listener);
  };
}

/** Calls back with events, for a component that waits for one. */
export function onLiveEvents(listener: (events: LiveEvent[]) => void): () => void {
  eventListeners.add(listener);
  return () => {
    eventListeners.delete(listener);
  };
}

export function tellLiveEvents(events: LiveEvent[]): void {
  for (const listener of eventListeners) listener(events);
}
