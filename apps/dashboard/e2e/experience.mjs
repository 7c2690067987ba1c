// How the pages feel on every screen and by every means. Runs after the scenarios of sending, in the same demo.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { crc32, deflateSync } from "node:zlib";
import { beginByApi, control, signIn } from "./actions.mjs";
import { called, log, openThread, ready, write } from "./receiving.mjs";

const HEDY = "4915155500001";
const IVAN = "4915155500002";
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const settled = (page) => page.waitForFunction(() => !document.querySelector('[role="status"][aria-label^="Loading"]'));

/** Waits until no layer is open any more, with the focus in the page. */
async function closed(page, what) {
  await page.waitForFunction(() => !document.querySelector('[role="dialog"], [role="menu"]')).catch(() => assert.fail(`Esc did not close ${what}`));
  await page.waitForFunction(() => document.activeElement && document.activeElement !== document.body).catch(() => assert.fail(`the focus is lost after ${what}`));
}

async function say(demo, customer, name, message) {
  await called(demo, customer, name);
  await write(demo, customer, message);
  await control(demo, "POST", "webhooks/settle", { timeoutMs: 10_000 });
}

/** Tabs through the page, and names each stop that cannot be seen. */
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
  return found;
}

/** What axe finds on the page as it stands, in words. */
async function findings(page) {
  // A colour on its way to that of the other scheme is none to judge.
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await Promise.all(document.getAnimations().flatMap((each) => (each instanceof CSSTransition ? [each.finished.catch(() => undefined)] : [])));
  });
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
      rules: { "label-content-name-mismatch": { enabled: true } },
    });
    return violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  });
}

/** A picture of one colour, as PNG. */
function png(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0], 8);
  const pixels = deflateSync(Buffer.alloc((width + 1) * height, 120));
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", head), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

async function fetched(demo, path, headers) {
  const answer = await fetch(`${demo.server}${path}`, { headers });
  const [encoding, tag, vary] = ["content-encoding", "etag", "vary"].map((name) => answer.headers.get(name));
  return { status: answer.status, encoding, tag, vary, body: await answer.text() };
}

export const experience = {
  async "files come compressed as the client likes, and answers of the API never do"({ page, demo }) {
    const index = await fetched(demo, "/", { "accept-encoding": "identity" });
    const script = /src="(\/assets\/index-[^"]+\.js)"/.exec(index.body)?.[1];
    assert.ok(script, "the page names its script");
    for (const path of ["/", "/sign-in", script, "/theme-init.js"]) {
      const plain = await fetched(demo, path, { "accept-encoding": "identity" });
      const small = await fetched(demo, path, { "accept-encoding": "gzip, deflate, br" });
      const old = await fetched(demo, path, { "accept-encoding": "br;q=0, gzip;q=0.5" });
      assert.deepEqual([plain.encoding, small.encoding, old.encoding], [null, "br", "gzip"], path);
      assert.equal(small.body, plain.body, `${path} is another file when compressed`);
      assert.equal(old.body, plain.body, `${path} is another file when compressed`);
      assert.equal(new Set([plain.tag, small.tag, old.tag]).size, 3, `${path} has one tag for different bytes`);
      for (const each of [plain, small, old]) assert.match(each.vary ?? "", /accept-encoding/i);
      const again = await fetched(demo, path, { "accept-encoding": "br", "if-none-match": `"other", W/${small.tag}` });
      assert.equal(again.status, 304, `${path} is sent to whoever has it`);
    }
    assert.equal((await fetched(demo, "/", { "accept-encoding": "identity;q=0, zstd" })).status, 406);
    assert.equal((await fetched(demo, `${script}.br`, {})).status, 404, "an encoded form is a file of its own");
    await signIn(page, demo);
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    for (const path of ["/auth/me", "/api/accounts", "/api/openapi.json"]) {
      const answer = await fetched(demo, path, { cookie, "accept-encoding": "gzip, br" });
      assert.deepEqual([answer.status, answer.encoding], [200, null], path);
    }
  },

  async "the sandbox's dialog shows its Continue in Meta's popup"({ page, demo }) {
    const authUrl = await beginByApi(demo);
    for (const size of [{ width: 620, height: 760 }, PHONE]) {
      await page.setViewportSize(size);
      await page.goto(authUrl);
      for (const name of ["Continue", "Cancel"]) {
        const box = await page.getByRole("button", { name, exact: true }).boundingBox();
        assert.ok(box.y + box.height <= size.height, `${name} is below the fold at ${size.width}×${size.height}`);
      }
    }
    assert.equal(await page.getByText("The code was used already").isVisible(), false, "what goes wrong is in the way");
    await page.getByText("Play something else").click();
    await page.getByText("The code was used already").waitFor();
  },

  async "Esc closes what is topmost and nothing else, and the focus is never lost"({ page, demo }) {
    await page.setViewportSize(DESKTOP);
    await ready(page, demo);
    await say(demo, HEDY, "Hedy Layers", { type: "text", text: "Close me softly" });
    await openThread(page, demo, "Hedy Layers");
    const address = page.url();
    const line = log(page).locator("article", { hasText: "Close me softly" });
    const layers = {
      "the details of a message": async () => line.getByRole("button", { name: /Details of this message/ }).click(),
      "the reactions": async () => line.getByRole("button", { name: /^React to/ }).click(),
      "the menu of what to send": async () => page.getByRole("button", { name: "Attach or send something else" }).click(),
      "the emoji": async () => page.getByRole("button", { name: "Emoji", exact: true }).click(),
      "a dialog that a menu opened": async () => {
        await page.getByRole("button", { name: "Attach or send something else" }).click();
        await page.getByRole("menuitem", { name: "Location" }).click();
        await page.getByRole("dialog", { name: /location/i }).waitFor();
      },
      "the account menu": async () => page.getByRole("button", { name: /account menu$/ }).click(),
      "the keys": async () => {
        await log(page).focus();
        await page.keyboard.press("?");
      },
      "a question before erasing": async () => page.getByRole("button", { name: "Erase contact" }).click(),
    };
    for (const [what, open] of Object.entries(layers)) {
      await open();
      await page.locator('[role="dialog"], [role="menu"]').last().waitFor();
      await page.keyboard.press("Escape");
      await closed(page, what);
      assert.equal(page.url(), address, `Esc in ${what} closed the conversation too`);
    }
    const assignee = page.getByRole("combobox", { name: "Assigned to" }).last();
    await assignee.click();
    await page.getByRole("option", { name: "Nobody" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("option", { name: "Nobody" }).waitFor({ state: "detached" });
    assert.equal(page.url(), address, "Esc in a list of choices closed the conversation too");
    await log(page).focus();
    await page.keyboard.press("Escape");
    await page.getByText("Choose a conversation").waitFor();

    // A question over a drawer: first the question, then the drawer.
    await page.goto(`${demo.server}/webhooks`);
    await page.locator("[data-change]").first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Reveal", exact: true }).click();
    await page.getByText("Reveal personal data?").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Reveal personal data?").waitFor({ state: "detached" });
    assert.equal(await page.getByRole("dialog").count(), 1, "Esc closed the drawer too");
    await page.keyboard.press("Escape");
    await closed(page, "the drawer");
  },

  async "a voice recording survives Esc and another conversation; only the bin throws it away"({ page, demo }) {
    await page.setViewportSize(DESKTOP);
    await ready(page, demo);
    await say(demo, IVAN, "Ivan Voice", { type: "text", text: "Say it" });
    await openThread(page, demo, "Ivan Voice");
    const address = page.url();
    const recorder = page.locator("[data-recorder]");
    await page.getByRole("button", { name: "Record a voice message" }).click();
    await page.locator('[data-recorder="recording"]').waitFor();
    await page.waitForFunction(() => document.querySelector("[data-recorder]").contains(document.activeElement));
    await page.getByText(/Recording 0:0[1-9]/).waitFor();
    await page.keyboard.press("Escape");
    await page.locator('[data-recorder="ready"]').waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    assert.equal(page.url(), address, "Esc in the recorder closed the conversation");
    assert.equal(await recorder.count(), 1, "Esc threw the recording away");
    await page.getByRole("link", { name: /Hedy Layers/ }).click();
    await page.getByRole("textbox", { name: /^Message to Hedy/ }).waitFor();
    await page.getByRole("link", { name: /Ivan Voice/ }).click();
    await page.locator('[data-recorder="ready"]').waitFor();
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await page.getByRole("button", { name: "Throw the recording away" }).click();
    await recorder.waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement?.matches("[data-compose]"));
  },

  async "pictures keep their ratio and are never blown up"({ page, demo }) {
    await page.setViewportSize(DESKTOP);
    await ready(page, demo);
    const sizes = [
      [800, 500],
      [200, 200],
      [300, 1200],
      [40, 30],
    ];
    let served = 0;
    await page.route(/\/api\/media\/[^/]+$/, (route) => {
      const [width, height] = sizes[served % sizes.length];
      served += 1;
      return route.fulfill({ contentType: "image/png", body: png(width, height) });
    });
    await called(demo, HEDY, "Hedy Layers");
    for (const _ of sizes) await write(demo, HEDY, { type: "image" });
    await write(demo, HEDY, { type: "system" });
    await control(demo, "POST", "webhooks/settle", { timeoutMs: 10_000 });
    await openThread(page, demo, "Hedy Layers");
    await page.waitForFunction((count) => document.querySelectorAll('[role="log"] img[data-state="here"]').length === count, sizes.length);
    const shown = await page.evaluate(() =>
      [...document.querySelectorAll('[role="log"] img')].map((image) => {
        const { width, height } = image.getBoundingClientRect();
        return { width, height, natural: [image.naturalWidth, image.naturalHeight] };
      }),
    );
    for (const { width, height, natural } of shown) {
      const [own, tall] = natural;
      assert.ok(Math.abs(width / height - own / tall) < 0.03, `${natural} is drawn as ${width}×${height}`);
      assert.ok(width <= own + 0.5 && width <= 320.5 && height <= 360.5, `${natural} is drawn as ${width}×${height}`);
    }
    // A changed number is told in our own words, with the number as we write numbers.
    await log(page).getByText(/Hedy Layers changed number to \+\d+ \d/).waitFor();
  },

  async "what is not there says so inside of the shell, and home is where one's work is"({ page, demo }) {
    await ready(page, demo);
    await page.goto(`${demo.server}/no/such/page`);
    await page.getByRole("heading", { name: "There is no page at this address" }).waitFor();
    assert.match(await page.title(), /^Not found/);
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    await page.getByRole("link", { name: "Go to the start" }).click();
    // The owner of a connected number begins at the conversations.
    await page.getByRole("heading", { name: "Inbox", level: 1 }).waitFor();
  },

  async "the queue shows its messages without scrolling, whatever numbers there are"({ page, demo }) {
    await page.setViewportSize(DESKTOP);
    await ready(page, demo);
    await page.goto(`${demo.server}/queue`);
    await page.locator("[data-outbound]").first().waitFor();
    const numbers = await page.locator("[data-queue]").count();
    const { y } = await page.locator("[data-outbound]").first().boundingBox();
    assert.ok(y < DESKTOP.height, `with ${numbers} numbers the first message is at ${y}`);
  },

  async "every page: axe finds nothing, no stop of Tab is off the screen"({ page, demo, shoot }) {
    const found = [];
    const look = async (name, tabs) => {
      for (const size of [PHONE, DESKTOP]) {
        await page.setViewportSize(size);
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          for (const each of await findings(page)) found.push(`${name} at ${size.width} ${colorScheme}: ${each}`);
        }
        if (tabs) for (const each of await stopsOffScreen(page)) found.push(`${name} at ${size.width}: Tab leads to ${each}`);
      }
    };
    await page.goto(`${demo.server}/sign-in`);
    await page.getByLabel("Email").waitFor();
    await look("/sign-in", true);
    await shoot("14-sign-in");
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.setViewportSize(DESKTOP);
    await ready(page, demo);
    await say(demo, IVAN, "Ivan Voice", { type: "text", text: "One more" });
    for (const path of ["/connections", "/inbox", "/webhooks", "/webhooks/platform", "/queue", "/team", "/audit", "/settings", "/nowhere"]) {
      await page.goto(`${demo.server}${path}`);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await settled(page);
      await look(path, path === "/connections" || path === "/inbox");
    }
    await page.setViewportSize(DESKTOP);
    await openThread(page, demo, "Ivan Voice");
    await settled(page);
    await look("a thread", true);
    await shoot("15-thread");
    // The chart's axis keeps to its line.
    await page.setViewportSize(PHONE);
    await page.goto(`${demo.server}/webhooks`);
    await page.locator("[data-axis]").first().waitFor();
    const axis = await page.evaluate(() => [...document.querySelectorAll("[data-axis]")].map((each) => each.getBoundingClientRect().toJSON()));
    assert.ok(axis[0].height < 24 && axis[0].top === axis[1].top && axis[1].right > 300, `the axis is ${JSON.stringify(axis)}`);
    assert.equal(found.join("\n"), "");
  },
};
