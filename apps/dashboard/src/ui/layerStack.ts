/** An open layer above the page: a dialog, a drawer, a menu, a popover, the voice recorder. */
interface Layer {
  onEscape: () => void;
  /** The elements that had the focus before this layer opened, and before the layers that it replaced. */
  openers: HTMLElement[];
}

const stack: Layer[] = [];
/** Openers of the layer that closed last: a menu's item that opens a dialog goes away with the menu. */
let closedOpeners: HTMLElement[] = [];
let opened = 0;

const MOST_OPENERS = 4;
/** Mantine gives the focus back by itself after 10 ms, and takes a closed layer off the page within 250 ms. */
const SETTLE_MS = [60, 320];

export function hasOpenLayer(): boolean {
  return stack.length > 0;
}

/** Puts a layer on top of the others. The returned function takes it off and gives the focus back. */
export function openLayer(onEscape: () => void): () => void {
  const active = document.activeElement;
  const openers = [...(active instanceof HTMLElement && active !== document.body ? [active] : []), ...closedOpeners];
  const layer: Layer = { onEscape, openers: openers.slice(0, MOST_OPENERS) };
  stack.push(layer);
  opened += 1;
  return () => {
    stack.splice(stack.indexOf(layer), 1);
    closedOpeners = layer.openers;
    const then = opened;
    for (const ms of SETTLE_MS) {
      setTimeout(() => {
        // The page may be gone by now, as at the end of a test.
        if (typeof document === "undefined") return;
        // A layer that opened since has the focus, and its own opener.
        if (then === opened) settleFocus(layer.openers);
        if (closedOpeners === layer.openers) closedOpeners = [];
      }, ms);
    }
  };
}

function isLost(element: Element | null): boolean {
  if (!element || element === document.body || !element.isConnected) return true;
  return !hasOpenLayer() && element.closest("[role=dialog], [role=menu]") !== null;
}

/** Gives the focus back to the element that opened the layer, or to the page where that is gone too. */
function settleFocus(openers: readonly HTMLElement[]): void {
  if (!isLost(document.activeElement)) return;
  const back = openers.find((each) => each.isConnected && !isLost(each)) ?? document.getElementById("content");
  back?.focus({ preventScroll: true });
}

/** A field whose list of choices is open: it closes that by itself. */
const OWN_ESCAPE = '[aria-haspopup="listbox"][aria-expanded="true"]';

function onKeyDown(event: KeyboardEvent): void {
  if (event.key !== "Escape" || event.isComposing) return;
  if (event.target instanceof Element && event.target.closest(OWN_ESCAPE)) return;
  const top = stack.at(-1);
  if (!top) return;
  // No other listener may see it: the layer is gone by then, and the page would close too.
  event.preventDefault();
  event.stopImmediatePropagation();
  top.onEscape();
}

// Runs first, in the capture phase, while the layers are still as the person sees them.
window.addEventListener("keydown", onKeyDown, { capture: true });
