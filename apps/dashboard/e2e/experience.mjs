// Rules for all pages: widths, keyboard, focus, files, lost connections. Runs after the scenarios of sending, in the same demo.
import assert from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import { routedAddresses } from "./addresses.mjs";
import { beginByApi, control, signIn } from "./actions.mjs";
import { axeFaults, faults, none, PHONE, settled } from "./look.mjs";
import { called, log, openThread, ready, write } from "./receiving.mjs";

const HEDY = "4915155500001";
const IVAN = "4915155500002";
const JANA = "4915155500003";
const KIRA = "4915155500004";
const DESKTOP = { width: 1440, height: 900 };
const API = /\/(api\/|healthz)/;

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

/** Makes a PNG of one colour. */
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
  // Each line begins with the number of its filter, and here it has none.
  const lines = Buffer.alloc((width + 1) * height, 120);
  for (let y = 0; y < height; y += 1) lines[y * (width + 1)] = 0;
  const pixels = deflateSync(lines);
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
    for (const size of [{ width: 620, height: 760 }, PHONE, { width: 360, height: 560 }]) {
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

    // Esc over a dialog in a drawer closes first the dialog, then the drawer.
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

  async "a voice recording survives Esc and another page on a phone too"({ page, demo }) {
    await page.setViewportSize(PHONE);
    await ready(page, demo);
    await called(demo, IVAN, "Ivan Voice");
    await say(demo, IVAN, "Ivan Voice", { type: "text", text: "Say it on the way" });
    await openThread(page, demo, "Ivan Voice");
    await page.getByRole("button", { name: "Record a voice message" }).click();
    await page.getByText(/Recording 0:0[1-9]/).waitFor();
    for (const _ of [1, 2, 3]) await page.keyboard.press("Escape");
    await page.locator('[data-recorder="ready"]').waitFor();
    await page.getByRole("button", { name: "Back to the conversations" }).filter({ visible: true }).click();
    await page.getByRole("link", { name: "Connections" }).filter({ visible: true }).click();
    await page.getByRole("heading", { name: "Connections", level: 1 }).waitFor();
    await page.getByRole("link", { name: "Inbox" }).filter({ visible: true }).click();
    await page.getByRole("link", { name: /Ivan Voice/ }).click();
    await page.locator('[data-recorder="ready"]').waitFor();
    await page.getByRole("button", { name: "Throw the recording away" }).click();
    await page.locator("[data-recorder]").waitFor({ state: "detached" });
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
    await control(demo, "POST", "webhooks/settle", { timeoutMs: 10_000 });
    await openThread(page, demo, "Hedy Layers");
    for (const size of [DESKTOP, PHONE, { width: 320, height: 700 }]) {
      await page.setViewportSize(size);
      await page.waitForFunction((count) => document.querySelectorAll('[role="log"] img[data-state="here"]').length === count, sizes.length);
      const shown = await page.evaluate(() =>
        [...document.querySelectorAll('[role="log"] img')].map((image) => {
          const { width, height } = image.getBoundingClientRect();
          return { width, height, natural: [image.naturalWidth, image.naturalHeight] };
        }),
      );
      for (const { width, height, natural } of shown) {
        const [own, tall] = natural;
        const says = `${natural} is drawn as ${width}×${height} at ${size.width} px`;
        assert.ok(Math.abs(width / height - own / tall) < 0.03, says);
        assert.ok(width <= own + 0.5 && width <= 320.5 && height <= 360.5, says);
      }
    }
  },

  async "pictures in a row are one grid, and what is said to one of them takes it out"({ page, demo, shoot }) {
    await page.setViewportSize(DESKTOP);
    await ready(page, demo);
    let broken;
    const sizes = [[800, 500], [300, 1200], [640, 640]];
    await page.route(/\/api\/media\/[^/]+$/, (route) => {
      const { pathname, search } = new URL(route.request().url());
      if (pathname.endsWith(`/${broken}`) && search === "") return route.fulfill({ status: 500 });
      return route.fulfill({ contentType: "image/png", body: png(...sizes[pathname.charCodeAt(pathname.length - 1) % sizes.length]) });
    });
    const bare = { type: "image", image: { caption: null } };
    const send = (message) => say(demo, KIRA, "Kira Album", message);
    await send({ type: "text", text: "Here they are" });
    for (const _ of [1, 2, 3, 4, 5]) await send(bare);
    await openThread(page, demo, "Kira Album");
    const grid = (count) => log(page).getByRole("list", { name: `${count} pictures`, exact: true });
    const atEnd = () => page.waitForFunction(() => {
      const box = document.querySelector('[role="log"]');
      return box.scrollHeight - box.scrollTop - box.clientHeight < 2;
    });
    await grid(5).waitFor();
    const { data } = await page.evaluate(async () => (await fetch(`/api/conversations/${location.pathname.split("/").at(-1)}/messages`)).json());
    const pictures = data.filter(({ type }) => type === "image").reverse();
    broken = pictures[1].media.id;
    await page.reload();

    // A picture that fails says so in its own square, and is asked for again there.
    const again = grid(5).getByRole("button", { name: "Try again: picture 2 of 5" });
    await again.waitFor();
    await shoot("17-pictures-failed");
    await page.setViewportSize({ width: 320, height: 700 });
    const [label, square] = await again.evaluate((button) => [button.parentElement.scrollHeight, button.parentElement.clientHeight]);
    assert.ok(label <= square, `at 320 px the words of a failed picture need ${label} px of ${square} px`);
    await page.setViewportSize(DESKTOP);
    await again.click();
    await grid(5).getByRole("button", { name: /^Open picture 2 of 5, / }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('[role="log"] li img[data-state="here"]').length === 4);
    await shoot("17-pictures");
    for (const size of [DESKTOP, PHONE, { width: 320, height: 700 }]) {
      await page.setViewportSize(size);
      const tiles = await grid(5).getByRole("listitem").evaluateAll((all) => all.map((each) => each.getBoundingClientRect()).map(({ x, y, width, height }) => ({ x, y, width, height })));
      const says = `at ${size.width} px the tiles are ${JSON.stringify(tiles)}`;
      assert.equal(tiles.length, 4, says);
      assert.ok(tiles.every(({ width, height }) => width > 90 && width <= 160 && Math.abs(width - height) < 1), says);
      assert.deepEqual([new Set(tiles.map(({ x }) => x)).size, new Set(tiles.map(({ y }) => y)).size], [2, 2], says);
    }
    await page.setViewportSize(DESKTOP);

    // Each opens large by the keyboard, with the time and the acts of its own message.
    const more = grid(5).getByRole("button", { name: /^\+2: open picture 4 of 5, / });
    await more.focus();
    await page.keyboard.press("Enter");
    const viewer = page.getByRole("dialog", { name: /^Picture of / });
    await viewer.getByText("4 of 5").waitFor();
    await shoot("17-picture-large");
    await page.keyboard.press("Escape");
    await closed(page, "the picture");
    await page.waitForFunction(() => document.activeElement?.textContent === "+2");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowRight");
    await viewer.getByText("5 of 5").waitFor();
    await viewer.getByRole("button", { name: /Details of this message/ }).waitFor();
    await viewer.getByRole("button", { name: /^Reply to/ }).click();
    await viewer.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Do not reply to it" }).waitFor();
    await page.waitForFunction(() => document.activeElement?.matches("[data-compose]"));
    await page.getByRole("button", { name: "Do not reply to it" }).click();

    // A reaction takes its picture out of the grid until it is taken back.
    const react = (emoji) => send({ type: "reaction", reaction: { message_id: pictures[2].metaMessageId, emoji } });
    await react("👍");
    await grid(2).nth(1).waitFor();
    await log(page).locator(`article[data-message="${pictures[2].id}"]`).getByText("👍").waitFor();
    await atEnd();
    await react("");
    await grid(5).waitFor();
    await send(bare);
    await grid(6).waitFor();
    await atEnd();

    // A quote of a picture that has no tile leads to the tile that stands for it.
    await send({ type: "text", text: "I mean this one", replyTo: pictures[4].metaMessageId });
    await log(page).getByRole("button", { name: "Go to the message that this answers" }).click();
    await grid(6).locator("li.wk-highlight").getByRole("button", { name: /^\+3: open picture 4 of 6, / }).waitFor();
  },

  async "a notice of a changed number says it in our words, and leads to the contact"({ page, demo }) {
    await ready(page, demo);
    await called(demo, JANA, "Jana Moved");
    await write(demo, JANA, { type: "text", text: "My old number" });
    await write(demo, JANA, { type: "system" });
    await control(demo, "POST", "webhooks/settle", { timeoutMs: 10_000 });
    await openThread(page, demo, "Jana Moved");
    const notice = log(page).getByText(/Jana Moved changed number to \+49 \d/);
    await notice.waitFor();
    const number = await notice.getByRole("link").innerText();
    assert.match(number, /^\+49( \d+)+$/, "the number is not written as we write numbers");
    await notice.getByRole("link").click();
    await page.getByText("Choose a conversation").waitFor();
    assert.equal(await page.getByPlaceholder("Search names and numbers").inputValue(), number);
    await page.getByRole("link", { name: /Jana Moved/ }).waitFor();
    await page.getByRole("link", { name: /Hedy Layers/ }).waitFor({ state: "detached" });
  },

  async "what is not there says so inside of the shell, and home is where one's work is"({ page, demo }) {
    await ready(page, demo);
    await page.goto(`${demo.server}/no/such/page`);
    await page.getByRole("heading", { name: "There is no page at this address" }).waitFor();
    assert.match(await page.title(), /^Not found/);
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    for (const [address, words] of [
      ["/settings/nothing", "There is no page at this address"],
      ["/sign-in-help", "There is no page at this address"],
      ["/inbox/0193c000-0000-7000-8000-000000000000", "This conversation is not here"],
    ]) {
      await page.goto(`${demo.server}${address}`);
      await page.getByText(words).waitFor();
      await page.getByRole("navigation", { name: "Main" }).waitFor();
    }
    await page.goto(`${demo.server}/no/such/page`);
    await page.setViewportSize(PHONE);
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    await page.getByRole("link", { name: "Go to the start" }).click();
    // The owner of a connected number begins at the conversations.
    await page.getByRole("heading", { name: "Inbox", level: 1 }).waitFor();
  },

  async "a lost connection is told in a bar that covers nothing, and heals by itself"({ page, demo }) {
    let down = false;
    const sockets = [];
    await page.routeWebSocket(/\/api\/events\/ws/, (socket) => {
      if (down) return void socket.close();
      socket.connectToServer();
      sockets.push(socket);
    });
    await page.route(/\/(api|auth|healthz)(\/|$)/, (route) => (down ? route.abort() : route.fallback()));
    await ready(page, demo);
    await say(demo, IVAN, "Ivan Voice", { type: "text", text: "Are you there?" });
    await openThread(page, demo, "Ivan Voice");
    const thread = new URL(page.url()).pathname;
    for (const [address, size] of [[thread, PHONE], ["/connections", PHONE], ["/queue", DESKTOP]]) {
      await page.setViewportSize(size);
      await page.goto(`${demo.server}${address}`);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await settled(page);
      down = true;
      for (const socket of sockets.splice(0)) await socket.close();
      const bar = page.getByText("Connection lost. Trying again…");
      await bar.waitFor();
      const over = await bar.boundingBox();
      const [top, bottom] = await page.evaluate(() => {
        const header = document.querySelector(".mantine-AppShell-header")?.getBoundingClientRect().bottom ?? 0;
        return [header, document.querySelector("main > :nth-child(2)").getBoundingClientRect().top];
      });
      assert.ok(over.y >= top - 1 && over.y + over.height <= bottom + 1, `at ${address} the bar (${JSON.stringify(over)}) covers what is from ${top} to ${bottom}`);
      down = false;
      await bar.waitFor({ state: "detached" });
    }
  },

  async "a toast leaves free where one writes and where one goes"({ page, demo }) {
    await ready(page, demo);
    await say(demo, IVAN, "Ivan Voice", { type: "text", text: "Close me" });
    await openThread(page, demo, "Ivan Voice");
    const thread = new URL(page.url()).pathname;
    const acts = {
      "/connections": () => page.locator("[data-account]").first().getByRole("button", { name: "Verify" }).click(),
      [thread]: async () => {
        if (page.viewportSize().width < 1200) await page.getByRole("button", { name: /^Details of/ }).click();
        await page.getByRole("button", { name: /^(Close conversation|Open conversation again)$/ }).click();
        if (page.viewportSize().width < 1200) await page.getByRole("button", { name: "Back to the messages" }).click();
      },
    };
    for (const [address, act] of Object.entries(acts)) {
      for (const size of [PHONE, { width: 1024, height: 768 }, DESKTOP, { width: 1280, height: 860 }]) {
        await page.setViewportSize(size);
        await page.goto(`${demo.server}${address}`);
        await settled(page);
        await act();
        await page.locator(".mantine-Notification-root").first().waitFor();
        const covered = await page.evaluate(() => {
          const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
          const toasts = [...document.querySelectorAll(".mantine-Notification-root")].map((each) => each.getBoundingClientRect());
          const free = '[data-compose], [aria-label="Record a voice message"], [aria-label="Send message"], .mantine-Button-root[data-variant="filled"], nav a';
          return [...document.querySelectorAll(free)]
            .filter((each) => each.checkVisibility() && toasts.some((toast) => !apart(toast, each.getBoundingClientRect())))
            .map((each) => each.getAttribute("aria-label") ?? each.textContent);
        });
        assert.deepEqual(covered, [], `at ${address}, ${size.width} px, a toast lies over it`);
      }
    }
  },

  async "the queue shows its messages without scrolling, whatever numbers there are"({ page, demo }) {
    await page.setViewportSize(DESKTOP);
    await ready(page, demo);
    await say(demo, IVAN, "Ivan Voice", { type: "text", text: "Was anything sent?" });
    await openThread(page, demo, "Ivan Voice");
    await page.getByRole("textbox", { name: /^Message to/ }).fill("This was sent");
    await page.keyboard.press("Enter");
    await log(page).locator("article", { hasText: "This was sent" }).locator("[data-status]").first().waitFor({ state: "attached" });
    await page.goto(`${demo.server}/queue`);
    await page.locator("[data-outbound]").first().waitFor();
    let numbers = 1;
    await page.route("**/api/queues", async (route) => {
      const answer = await route.fetch();
      const { data } = await answer.json();
      const more = Array.from({ length: numbers }, (_, at) => ({ ...data[0], accountId: `${data[0].accountId}-${at}`, displayPhone: `+1 555-013-42${at}0` }));
      return route.fulfill({ response: answer, json: { data: more } });
    });
    for (numbers of [1, 3, 5]) {
      for (const height of [DESKTOP.height, 860]) {
        await page.setViewportSize({ width: DESKTOP.width, height });
        await page.goto(`${demo.server}/queue`);
        await page.waitForFunction((many) => document.querySelectorAll("[data-queue]").length === many, numbers);
        await page.locator("[data-outbound]").first().waitFor();
        const { y } = await page.locator("[data-outbound]").first().boundingBox();
        assert.ok(y < height, `with ${numbers} numbers the first message is at ${y} of ${height}`);
        assert.equal(await page.locator("[data-queue]").getByText("0", { exact: true }).count(), 0, "a zero is in the way");
      }
    }
  },

  async "every page of the router: axe finds nothing, nothing is cut off, no stop of Tab is off the screen"({ page, demo }) {
    await ready(page, demo);
    await say(demo, IVAN, "Ivan Voice", { type: "text", text: "One more" });
    await openThread(page, demo, "Ivan Voice");
    const thread = new URL(page.url()).pathname;
    const addresses = await routedAddresses(page, { $conversationId: thread.split("/").at(-1), $: "nowhere" });
    assert.ok(addresses.includes(thread) && addresses.includes("/settings"), `the router has ${addresses}`);
    const found = [];
    // The home page redirects to one of the others.
    for (const address of [...addresses.filter((each) => each !== "/"), `${thread}?panel=details`]) {
      await page.goto(`${demo.server}${address}`);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await settled(page);
      found.push(...(await faults(page, `page${address.replaceAll(/\W+/g, "-").replace(thread.split("/").at(-1), "thread")}`, { tabs: true })));
    }
    none(found);
  },

  async "a page whose requests hang or fail says so, offers a way on, and is well again with the server"({ page, demo, context }) {
    await ready(page, demo);
    await say(demo, IVAN, "Ivan Voice", { type: "text", text: "Anybody there?" });
    await openThread(page, demo, "Ivan Voice");
    const routed = await routedAddresses(page, { $conversationId: new URL(page.url()).pathname.split("/").at(-1), $: "" });
    const addresses = routed.filter((each) => !each.endsWith("/"));
    const refuse = (status, code) => (route) =>
      route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ status, code, title: "It failed", detail: "It did not work.", requestId: `r-${status}` }) });
    const found = [];
    /** Opens each page in a tab of its own while the API does something else than answer. */
    const everywhere = async (what, instead, check) =>
      Promise.all(
        addresses.map(async (address) => {
          const tab = await context.newPage();
          await tab.route(API, instead);
          await tab.goto(`${demo.server}${address}`);
          await tab.getByRole("heading", { level: 1 }).first().waitFor();
          await check(tab).catch((error) => found.push(`${address}, ${what}: ${error.message}`));
          found.push(...(await axeFaults(tab, `${address}, ${what}`)));
          await tab.close();
        }),
      );
    const loading = (tab) => tab.locator('[role="status"][aria-label^="Loading"]');
    await everywhere("hanging", () => undefined, (tab) => loading(tab).first().waitFor());
    await everywhere("answered by 500", refuse(500, "internal"), async (tab) => {
      await tab.getByRole("alert").filter({ hasText: "r-500" }).first().waitFor();
      await loading(tab).first().waitFor({ state: "detached" });
      await tab.unroute(API);
      const again = tab.getByRole("button", { name: "Try again" });
      assert.ok((await again.count()) > 0, "there is no way on");
      // One answer may bring others with it.
      while ((await again.count()) > 0) await again.first().click({ timeout: 2_000 }).catch(() => undefined);
      await tab.getByRole("alert").first().waitFor({ state: "detached" });
    });
    await everywhere("without an answer", (route) => route.abort(), async (tab) => {
      await tab.getByRole("alert").filter({ hasText: "the network or the server is away" }).first().waitFor();
      await tab.getByText("Connection lost. Trying again…").waitFor();
      await tab.unroute(API);
      await tab.getByRole("alert").first().waitFor({ state: "detached" });
    });
    await everywhere("answered by 401", refuse(401, "unauthenticated"), (tab) => tab.getByRole("dialog").getByText("Your session has ended").waitFor());
    none(found);
  },

  async "the chart's axis keeps to its line at every width"({ page, demo }) {
    await ready(page, demo);
    await page.goto(`${demo.server}/webhooks`);
    await page.locator("[data-axis]").first().waitFor();
    /** Runs in the page: whether both ends are on one line, below the ends of the chart. */
    const fits = () => {
      const chart = document.querySelector("[data-axis]").closest(".wk-card").querySelector("svg").getBoundingClientRect();
      const [from, to] = [...document.querySelectorAll("[data-axis]")].map((each) => each.getBoundingClientRect());
      return from.height < 24 && to.height < 24 && from.top === to.top && Math.abs(from.left - chart.left) < 2 && Math.abs(to.right - chart.right) < 2;
    };
    for (const width of [320, 390, 768, 1440]) {
      await page.setViewportSize({ width, height: 844 });
      await page.waitForFunction(fits).catch(() => assert.fail(`the axis is not on its line at ${width} px`));
    }
  },
};
