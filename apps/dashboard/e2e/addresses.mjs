// The addresses of all pages, read from the dashboard's own lists, so that no new page is forgotten.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const source = await readFile(new URL("../src/features/auth/addresses.ts", import.meta.url), "utf8");
const list = /BEFORE_SIGN_IN = (\[[^\]]*\])/.exec(source)?.[1];
assert.ok(list, "src/features/auth/addresses.ts has no list of the pages before sign-in");

/** The pages before sign-in. */
export const BEFORE_SIGN_IN = JSON.parse(list);

/** Reads all addresses from the router of an open page of the dashboard. `values` fills the places in them, such as `$id`. */
export async function routedAddresses(page, values) {
  const paths = await page.evaluate(() => Object.keys(window.__TSR_ROUTER__.routesByPath));
  return paths.map((path) =>
    path.replaceAll(/\$\w*/g, (place) => values[place] ?? assert.fail(`nothing stands for ${place} of the page ${path}`)),
  );
}
