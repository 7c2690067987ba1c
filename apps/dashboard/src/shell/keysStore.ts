import { hasOpenLayer } from "../ui/layerStack";

const listeners = new Set<() => void>();

/** Opens the list of keys. */
export function openKeys(): void {
  for (const listener of listeners) listener();
}

export function onOpenKeys(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Says whether a key is a shortcut: it is not typed into a field, and no layer is open. */
export function acceptsKeys(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || hasOpenLayer()) return false;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return true;
  // Another listener handled the key and took its target off the page.
  if (!target.isConnected) return false;
  return !target.isContentEditable && !target.closest("input, textarea, select, [role=dialog], [role=menu]");
}
