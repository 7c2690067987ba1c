import { hasOpenLayer } from "../ui/layerStack";

const listeners = new Set<() => void>();

/** Opens the list of keys, from wherever. */
export function openKeys(): void {
  for (const listener of listeners) listener();
}

export function onOpenKeys(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Single-key shortcuts must never eat what somebody types, nor act behind a dialog. */
export function acceptsKeys(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || hasOpenLayer()) return false;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return true;
  // What the key took off the page has had it.
  if (!target.isConnected) return false;
  return !target.isContentEditable && !target.closest("input, textarea, select, [role=dialog], [role=menu]");
}
