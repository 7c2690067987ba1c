// Checks an open page on a phone and a desktop, in light and dark.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const SHOTS = path.join(path.dirname(fileURLToPath(import.meta.url)), "screenshots");
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 860 };
const SCHEMES = ["light", "dark"];
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Waits until the page has loaded its data. */
export const settled = (page) => page.waitForFunction(() => !document.querySelector('[role="status"][aria-label^="Loading"]'));

/** Runs in the page: names the element that reaches furthest to the right. */
function widest() {
  const right = (element) => element.getBoundingClientRect().right;
  const found = [...document.querySelectorAll("body *")].reduce((a, b) => (right(b) > right(a) ? b : a));
  return `${found.outerHTML.slice(0, 200)} reaches to ${right(found)}`;
}

/** Runs in the page: names the buttons whose label is cut off. */
function cutOff() {
  const labels = [...document.querySelectorAll(".mantine-Button-label")];
  return labels.filter((label) => label.scrollWidth > label.clientWidth + 1).map((label) => label.textContent);
}

/** Waits until the page has taken on a new width or scheme. During a transition axe would judge a colour in between. */
async function still(page) {
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await Promise.all(document.getAnimations().flatMap((each) => (each instanceof CSSTransition ? [each.finished.catch(() => undefined)] : [])));
  });
}

/** Runs axe once. */
async function axe(page, within) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async (selector) => {
    const found = selector ? [...document.querySelectorAll(selector)].at(-1) : document;
    if (!found) return [`${selector} is not on the page`];
    const { violations } = await window.axe.run(found, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
      rules: { "label-content-name-mismatch": { enabled: true } },
    });
    return violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }, within);
}

/** Tabs through the page, and names each stop that is not visible. */
async function stopsOffScreen(page, most = 60) {
  await page.evaluate(() => document.activeElement?.blur());
  const found = [];
  for (let stop = 0; stop < most; stop += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return "end";
      const seen = element.dataset.tabbed;
      element.dataset.tabbed = "yes";
      const box = element.getBoundingClientRect();
      const visible = box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight && getComputedStyle(element).visibility === "visible";
      return visible ? (seen ? "end" : "visible") : element.outerHTML.slice(0, 120);
    });
    if (at === "end") break;
    if (at !== "visible") found.push(at);
  }
  await page.evaluate(() => {
    document.querySelectorAll("[data-tabbed]").forEach((each) => each.removeAttribute("data-tabbed"));
    document.activeElement?.blur();
    window.scrollTo(0, 0);
  });
  return found;
}

/** Runs a check in each colour scheme. */
export async function inBothSchemes(page, act) {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await still(page);
    await act(colorScheme);
  }
  await page.emulateMedia({ colorScheme: SCHEMES[0], reducedMotion: "reduce" });
}

/** Lists the findings of axe on the page, or within the last element of a selector, in both schemes. */
export async function axeFaults(page, name, within) {
  const found = [];
  await inBothSchemes(page, async (scheme) => {
    for (const each of await axe(page, within)) found.push(`${name}, ${scheme}: ${each}`);
  });
  return found;
}

/**
 * Lists the faults of the open page at both widths and in both schemes: findings of axe, sideways scrolling, cut labels, and
 * with `tabs` the stops of Tab off the screen. Leaves a picture of each.
 */
export async function faults(page, name, { tabs = false, fullPage = false } = {}) {
  const before = page.viewportSize();
  const found = [];
  for (const size of [PHONE, DESKTOP]) {
    await page.setViewportSize(size);
    const say = (scheme, what) => found.push(`${name} at ${size.width} px, ${scheme}: ${what}`);
    await inBothSchemes(page, async (scheme) => {
      // Tooltips and drawers may still be moving to where the new size puts them.
      await page
        .waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth, null, { timeout: 3000 })
        .catch(async () => say(scheme, `scrolls sideways: ${await page.evaluate(widest)}`));
      for (const label of await page.evaluate(cutOff)) say(scheme, `cuts the label of the button ${label}`);
      for (const each of await axe(page)) say(scheme, each);
      await page.screenshot({ path: path.join(SHOTS, `${name}-${size.width}-${scheme}.png`), fullPage, animations: "disabled" });
    });
    if (tabs) for (const each of await stopsOffScreen(page)) say("light", `Tab leads to ${each}`);
  }
  await page.setViewportSize(before);
  return found;
}

/** Fails with all faults that were found. */
export function none(found) {
  if (found.length > 0) assert.fail(found.join("\n"));
}

/** Checks the open page, or the page at `to`. Fails where it has a fault. */
export async function shoot(page, demo, name, to) {
  if (to) {
    await page.goto(`${demo.server}${to}`);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await settled(page);
  }
  none(await faults(page, name, { fullPage: to !== undefined }));
}
