// Measures how soon each page can be used on a cold cache, and says it as a ratio to a bare page of the same run:
// absolute times depend on the machine. `npm run cold` builds nothing; set WABAKIT_DEMO_BIN to a release build.
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { startDemo } from "./demo.mjs";

const RUNS = Number(process.argv[2] ?? 5);
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** What a person can do first on each page. */
const PAGES = {
  "/sign-in": 'input[name="email"]',
  "/connections": "h1",
  "/inbox": "[data-search]",
  "/webhooks": "h1",
  "/queue": "h1",
  "/settings": "h1",
};

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A page of one field and nothing else: what the browser itself needs. */
async function barePage() {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html><title>Bare</title><input name=email>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

/** Milliseconds from the navigation until the selector is there and the page has answered a click's worth of work. */
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

const demo = await startDemo();
const bare = await barePage();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
try {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${demo.server}/sign-in`);
  await page.getByLabel("Email").fill(demo.email);
  await page.getByLabel("Password", { exact: true }).fill(demo.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  const cookies = await context.cookies();
  await context.close();

  const measured = Object.fromEntries([["bare page", []], ...Object.keys(PAGES).map((path) => [path, []])]);
  // One of each in turn, so that what else the machine does falls on all of them.
  for (let run = 0; run < RUNS; run += 1) {
    measured["bare page"].push(await usable(browser, bare.address, "input", []));
    for (const [path, selector] of Object.entries(PAGES)) {
      measured[path].push(await usable(browser, `${demo.server}${path}`, selector, path === "/sign-in" ? [] : cookies));
    }
  }
  const base = median(measured["bare page"].map(({ ms }) => ms));
  console.log(`cold cache, median of ${RUNS} runs\n`);
  for (const [path, runs] of Object.entries(measured)) {
    const ms = median(runs.map((each) => each.ms));
    const kB = median(runs.map((each) => each.kB));
    console.log(`${path.padEnd(14)} ${ms.toFixed(0).padStart(6)} ms  ${(ms / base).toFixed(1).padStart(6)} × bare  ${kB.toFixed(0).padStart(5)} kB moved`);
  }
} finally {
  await browser.close();
  bare.stop();
  await demo.stop();
}
