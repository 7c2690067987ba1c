// Runs the scenarios in Chromium, in two tracks side by side. `node e2e/run.mjs [part of a name]…`
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";
import { access } from "./access.mjs";
import { clearFaults } from "./actions.mjs";
import { startDemo } from "./demo.mjs";
import { experience } from "./experience.mjs";
import { layers } from "./layers.mjs";
import { DESKTOP, shoot, SHOTS } from "./look.mjs";
import { receiving } from "./receiving.mjs";
import { sandbox } from "./sandbox.mjs";
import { scenarios } from "./scenarios.mjs";
import { sending } from "./sending.mjs";

const PATIENCE_MS = 20_000;

async function runOne(name, scenario, demo, browser) {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce" });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  // Complaints of the browser itself, such as a breach of the content security policy.
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !text.startsWith("Failed to load resource")) complaints.push(text);
  });
  try {
    await scenario({
      page,
      demo,
      browser,
      context,
      shoot: (shot, to) => shoot(page, demo, shot, to),
    });
    assert.deepEqual(complaints, [], "the browser complained");
    console.log(`ok      ${name}`);
    return "passed";
  } catch (error) {
    console.log(`FAILED  ${name}\n        at ${page.url()}\n${error.stack ?? error}`);
    if (complaints.length > 0) console.log(`        the browser said: ${complaints.join("\n")}`);
    await page
      .screenshot({ path: path.join(SHOTS, `failed-${name.replaceAll(/\W+/g, "-")}.png`) })
      .catch(() => undefined);
    return "failed";
  } finally {
    // A scenario that failed must not spoil the next.
    await clearFaults(demo);
    await context.close();
  }
}

/** Runs a track's scenarios one after the other, against a demo of their own. */
async function runTrack(track, browser, count) {
  const demo = await startDemo();
  const before = count.failed;
  try {
    for (const [name, scenario] of track) count[await runOne(name, scenario, demo, browser)] += 1;
    if (count.failed > before) console.log(`\nThe demo's log ends with:\n${(await demo.readLog()).slice(-4000)}`);
  } finally {
    await demo.stop();
  }
}

await mkdir(SHOTS, { recursive: true });
const count = { passed: 0, failed: 0 };
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
  ],
});
try {
  const wanted = process.argv.slice(2);
  const tracks = [
    { ...scenarios, ...receiving, ...layers },
    { ...sending, ...experience, ...access, ...sandbox },
  ].map((track) => Object.entries(track).filter(([name]) => wanted.length === 0 || wanted.some((part) => name.includes(part))));
  const ended = await Promise.allSettled(tracks.filter((track) => track.length > 0).map((track) => runTrack(track, browser, count)));
  for (const { reason } of ended.filter(({ status }) => status === "rejected")) {
    console.log(`FAILED  a track\n${reason?.stack ?? reason}`);
    count.failed += 1;
  }
} finally {
  await browser.close();
}
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;
