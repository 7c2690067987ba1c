// Measures how soon each page can be used on a cold cache, as a ratio to a bare page of the same run: absolute times
// depend on the machine. `npm run cold [runs]` builds nothing; WABAKIT_DEMO_BIN names the demo of a release build.
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { signIn } from "./actions.mjs";
import { BEFORE_SIGN_IN, routedAddresses } from "./addresses.mjs";
import { startDemo } from "./demo.mjs";

const RUNS = Number(process.argv[2] ?? 5);
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const GOAL_MS = 1000;

/** The element that a person uses first, where that is more than the page's heading. */
const FIRST_USED = { "/sign-in": 'input[name="email"]', "/forgot": 'input[name="email"]', "/inbox": "[data-search]", "/audit": "[data-search]" };
const firstUsed = (address) => FIRST_USED[address] ?? "h1";

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Serves a page of one field and nothing else, as the measure of what the browser itself needs. */
async function barePage() {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html><title>Bare</title><input name=email>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

/** Measures the milliseconds from the navigation until the element is visible and the page takes the next task. */
async function usable(browser, address, selector, cookies) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    await context.addCookies(cookies);
    const page = await context.newPage();
    let bytes = 0;
    const client = await context.newCDPSession(page);
    await client.send("Network.enable");
    client.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.goto(address, { waitUntil: "commit" });
    await page.waitForSelector(selector, { state: "visible" });
    const ms = await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))));
    return { ms, kB: bytes / 1000 };
  } finally {
    await context.close();
  }
}

/** Signs in, and returns the cookies with the addresses of all pages that need no object of their own. */
async function prepare(browser, demo) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await signIn(page, demo);
    const routed = await routedAddresses(page, { $conversationId: "", $: "" });
    const signedIn = routed.filter((address) => !address.endsWith("/"));
    return { cookies: await context.cookies(), before: BEFORE_SIGN_IN.map((name) => `/${name}`), signedIn };
  } finally {
    await context.close();
  }
}

const row = (cells) => cells.map((cell, at) => (at === 0 ? cell.padEnd(20) : cell.padStart(12))).join("");

const demo = await startDemo();
const bare = await barePage();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
try {
  const { cookies, before, signedIn } = await prepare(browser, demo);
  const measured = Object.fromEntries(["bare page", ...before, ...signedIn].map((path) => [path, []]));
  // One of each in turn, so that other work on the machine falls on all of them.
  for (let run = 0; run < RUNS; run += 1) {
    measured["bare page"].push(await usable(browser, bare.address, "input", []));
    for (const path of before) measured[path].push(await usable(browser, `${demo.server}${path}`, firstUsed(path), []));
    for (const path of signedIn) measured[path].push(await usable(browser, `${demo.server}${path}`, firstUsed(path), cookies));
  }
  const results = Object.entries(measured).map(([path, runs]) => ({ path, ms: median(runs.map((each) => each.ms)), kB: median(runs.map((each) => each.kB)) }));
  const base = results[0].ms;
  console.log(`Cold cache, median of ${RUNS} runs\n`);
  console.log(row(["page", "usable", "ratio", "moved"]));
  for (const { path, ms, kB } of results) console.log(row([path, `${ms.toFixed(0)} ms`, `${(ms / base).toFixed(1)} × bare`, `${kB.toFixed(0)} kB`]));
  const slowest = results.reduce((a, b) => (b.ms > a.ms ? b : a));
  console.log(`\nSlowest: ${slowest.path} after ${slowest.ms.toFixed(0)} ms, ${slowest.ms < GOAL_MS ? "under" : "over"} ${GOAL_MS} ms on this machine`);
} finally {
  await browser.close();
  bare.stop();
  await demo.stop();
}
