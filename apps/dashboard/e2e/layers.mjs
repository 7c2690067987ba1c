// Opens every dialog, drawer, menu and popover as a person does: axe finds nothing in it, and Esc closes it alone.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { control } from "./actions.mjs";
import { axeFaults, DESKTOP, none, PHONE, settled } from "./look.mjs";
import { called, log, openThread, READY, ready, write } from "./receiving.mjs";

const LENA = "4915177700001";
const SOURCE = path.join(path.dirname(fileURLToPath(import.meta.url)), "../src");
const OPEN = '[role="dialog"], [role="menu"]';

const press = (page, name) => page.getByRole("button", { name }).filter({ visible: true }).first().click();
const choose = async (page, menu, item) => {
  await press(page, menu);
  await page.getByRole("menuitem", { name: item }).click();
};
const message = (page, words) => log(page).locator("article", { hasText: words }).last();
const onMessage = async (page, words, name) => {
  await message(page, words).hover();
  await message(page, words).getByRole("button", { name }).click();
};
const send = (item) => (page) => choose(page, "Attach or send something else", item);

/**
 * Each layer: the file that has it, the page that it opens on, and how it is opened. It `is` a dialog unless said
 * otherwise. `below` counts the dialogs under it, `only` names the width at which it exists, and `stays` that Esc must
 * not close it. The order spares going to a page twice.
 */
const LAYERS = [
  { file: "features/connections/ConnectionsPage.tsx", is: "menu", on: "/connections", open: (page) => press(page, "More ways to connect") },
  { file: "features/connections/AddByHand.tsx", on: "/connections", open: (page) => choose(page, "More ways to connect", "Add by hand") },
  { file: "features/connections/ConnectPanel.tsx", on: "/connections", open: (page) => press(page, "Connect WhatsApp") },
  { file: "features/connections/AccountCard.tsx", is: "menu", on: "/connections", open: (page) => press(page, /^More for \+/) },
  { file: "features/connections/RenameDialog.tsx", on: "/connections", open: (page) => choose(page, /^More for \+/, "Rename") },
  { file: "features/connections/DisconnectDialog.tsx", on: "/connections", open: (page) => press(page, "Disconnect") },
  { file: "features/connections/RegisterDialog.tsx", on: "/connections", open: (page) => press(page, "Register with PIN") },
  { file: "features/team/InviteDialog.tsx", on: "/team", open: (page) => press(page, "Invite somebody") },
  { file: "features/team/MemberRow.tsx", is: "menu", on: "/team", open: (page) => press(page, "More for Mia Member") },
  { file: "features/team/OneTimeLink.tsx", on: "/team", open: (page) => choose(page, "More for Mia Member", "Make a password reset link") },
  { file: "features/team/TeamPage.tsx", on: "/team", open: (page) => choose(page, "More for Mia Member", "Turn two-factor sign-in off") },
  { file: "features/team/TeamPage.tsx", on: "/team", open: (page) => choose(page, "More for Mia Member", "Remove Mia Member") },
  { file: "features/settings/AddMetaApp.tsx", on: "/settings", open: (page) => press(page, "Add a Meta app") },
  { file: "features/settings/MetaApps.tsx", on: "/settings", open: (page) => press(page, "Remove Spare app") },
  { file: "features/settings/TwoFactor.tsx", on: "/settings", open: (page) => press(page, "Turn on") },
  { file: "features/queue/MessageDrawer.tsx", on: "/queue", open: (page) => page.locator("[data-outbound]").first().click() },
  { file: "features/webhooks/WebhooksPage.tsx", is: "menu", on: "/webhooks", open: (page) => press(page, "More acts on webhooks") },
  { file: "features/webhooks/ReplayRange.tsx", on: "/webhooks", open: (page) => choose(page, "More acts on webhooks", "Replay a time range") },
  {
    file: "features/webhooks/ParkedRow.tsx",
    on: "/webhooks",
    async open(page) {
      const item = page.locator("li[data-parked]").first();
      const row = item.getByRole("button").first();
      if ((await row.getAttribute("aria-expanded")) === "false") await row.click();
      await item.getByRole("button", { name: "Discard item" }).click();
    },
  },
  { file: "features/webhooks/ChangeDrawer.tsx", on: "/webhooks", open: (page) => page.locator("[data-change]").first().click() },
  {
    file: "features/webhooks/RawView.tsx",
    on: "/webhooks",
    below: 1,
    async open(page) {
      if ((await page.getByRole("dialog").count()) === 0) await page.locator("[data-change]").first().click();
      await page.getByRole("dialog").getByRole("button", { name: "Reveal", exact: true }).click();
    },
  },
  { file: "features/webhooks/platform/Deliveries.tsx", on: "/webhooks/platform", open: (page) => page.getByRole("region", { name: "Deliveries" }).locator("[data-list-item]").first().click() },
  { file: "shell/UserMenu.tsx", is: "menu", on: "/team", open: (page) => press(page, /account menu$/) },
  { file: "shell/Shell.tsx", is: "menu", on: "/team", only: PHONE, open: (page) => press(page, /^More$/) },
  {
    file: "shell/Keys.tsx",
    on: "/team",
    async open(page) {
      await page.getByRole("heading", { level: 1 }).click();
      await page.keyboard.press("?");
    },
  },
  { file: "features/inbox/details/EraseDialog.tsx", on: "details", open: (page) => press(page, "Erase contact") },
  { file: "features/inbox/details/Merges.tsx", on: "details", open: (page) => press(page, /^Split /) },
  { file: "features/inbox/compose/AddMenu.tsx", is: "menu", on: "thread", open: (page) => press(page, "Attach or send something else") },
  { file: "features/inbox/compose/dialogs/Dialogs.tsx", on: "thread", open: send("Location") },
  { file: "features/inbox/compose/dialogs/Dialogs.tsx", on: "thread", open: send("Contact card") },
  { file: "features/inbox/compose/dialogs/Dialogs.tsx", on: "thread", open: send("Buttons, list or link") },
  { file: "features/inbox/compose/dialogs/Dialogs.tsx", on: "thread", open: send("Template") },
  { file: "features/inbox/compose/Composer.tsx", on: "thread", open: (page) => page.getByRole("button", { name: "Emoji", exact: true }).click() },
  { file: "features/inbox/thread/MessageDetails.tsx", on: "thread", open: (page) => onMessage(page, "Perhaps twice", /Details of this message$/) },
  { file: "features/inbox/thread/Actions.tsx", on: "thread", open: (page) => onMessage(page, "Hear me", /^React to/) },
  {
    file: "features/inbox/thread/Actions.tsx",
    on: "thread",
    async open(page) {
      await onMessage(page, "Hear me", /^React to/);
      await page.getByRole("button", { name: "More emoji" }).click();
      await page.getByRole("textbox", { name: "Search emoji" }).waitFor();
    },
  },
  { file: "features/inbox/thread/SendState.tsx", on: "thread", open: (page) => onMessage(page, "Perhaps twice", "Send again…") },
  { file: "features/inbox/content/Body.tsx", on: "thread", open: (page) => press(page, "Show it as it came") },
  { file: "features/inbox/content/Viewer.tsx", on: "thread", open: (page) => press(page, /^Open the picture/) },
  {
    file: "shell/SessionEnded.tsx",
    on: "/team",
    stays: true,
    async open(page) {
      await page.route("**/api/team?**", (route) => route.fulfill({ status: 401, contentType: "application/problem+json", body: '{"code":"unauthenticated"}' }));
      await page.reload();
    },
  },
];

/** Counts the layers in each file of the dashboard. */
async function layersInSource() {
  const found = {};
  for (const name of await readdir(SOURCE, { recursive: true })) {
    if (!/\.tsx$/.test(name) || /\.test\.tsx$|^ui\//.test(name)) continue;
    const drawn = (await readFile(path.join(SOURCE, name), "utf8")).match(/<(Modal|Drawer|DetailsDrawer|Menu|Popover|Confirm)[\s>]/g);
    if (drawn) found[name] = drawn.length;
  }
  return found;
}

/** Adds a member to the team. */
async function member(page, demo, email, name) {
  const link = await page.evaluate(async (address) => {
    const body = JSON.stringify({ email: address, role: "agent" });
    return (await (await fetch("/api/team/invitations", { method: "POST", headers: { "content-type": "application/json" }, body })).json()).link;
  }, email);
  const body = JSON.stringify({ token: decodeURIComponent(new URL(link).hash.slice(1)), name, password: "a few words of her own" });
  const answer = await fetch(`${demo.server}/auth/invitations/accept`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.ok(answer.ok, `accepting answered ${answer.status}`);
}

/** Changes the server's answers for an address of the API. */
async function amend(page, address, change) {
  await page.route(address, async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    const answer = await route.fetch();
    return route.fulfill({ response: answer, json: await change(await answer.json()) });
  });
}

/** Makes the objects of the layers. Returns the addresses that the list names by a word. */
async function prepare(page, demo) {
  await ready(page, demo);
  await member(page, demo, "mia@acme.example", "Mia Member");
  const { data } = await page.evaluate(async () => (await fetch("/api/accounts")).json());
  const account = data.find((each) => each.phoneNumberId === READY);
  await called(demo, LENA, "Lena Layers");
  for (const order of [{ type: "text", text: "Hear me" }, { type: "unsupported" }, { type: "image" }]) await write(demo, LENA, order);
  await control(demo, "POST", "webhooks/raw", {
    field: "messages",
    phoneNumberId: READY,
    value: {
      messaging_product: "whatsapp",
      metadata: { display_phone_number: "15550134201", phone_number_id: READY },
      contacts: [{ profile: { name: "Lena Layers" }, wa_id: LENA }],
      messages: [{ from: LENA, type: "text", text: { body: "Without an id" } }],
    },
  });
  await control(demo, "POST", "webhooks/settle", { timeoutMs: 10_000 });
  await page.waitForFunction(async () => (await (await fetch("/api/webhooks/parked")).json()).data.length > 0, null, { polling: 200 });
  await control(demo, "POST", "sending/knobs", { statuses: ["sent", "delivered"], delayMs: { sent: 50, delivered: 100 } });
  await openThread(page, demo, "Lena Layers");
  await page.getByRole("textbox", { name: /^Message to/ }).fill("Perhaps twice");
  await page.keyboard.press("Enter");
  await message(page, "Perhaps twice").locator('[data-status="delivered"]').first().waitFor({ state: "attached" });
  const thread = new URL(page.url()).pathname;

  const warning = { accountId: account.id, grantId: account.grant.id, severity: "critical", code: "needs_registration", detail: "It is not registered.", remedy: "Click Register with PIN.", act: "register", at: new Date().toISOString() };
  await amend(page, "**/api/connections/warnings", (answer) => ({ ...answer, data: [warning, ...answer.data] }));
  const app = { id: "0193acc0-0000-7000-8000-000000000001", appId: "990000000000001", name: "Spare app", graphVersion: "v26.0", isDefault: false, source: "database" };
  await amend(page, "**/api/meta-apps", (answer) => ({ ...answer, data: [...answer.data, app] }));
  await amend(page, "**/api/contacts/*/merges", ({ items }) => ({ items: [...items, { id: app.id, merged: { id: app.id, shownName: "Lena", name: "Lena at work", phone: "15550100" }, mergedAt: new Date().toISOString(), undoneAt: null }] }));
  await amend(page, "**/api/conversations/*/messages?**", (answer) => ({
    ...answer,
    data: answer.data.map((each) => (each.content?.body === "Perhaps twice" ? { ...each, status: "unknown", canRetry: true, retryMayRepeat: true } : each)),
  }));
  return { thread, details: `${thread}?panel=details` };
}

export const layers = {
  async "layers: axe finds nothing in any dialog, drawer, menu or popover, and Esc closes it alone"({ page, demo }) {
    const missed = await layersInSource();
    for (const { file } of LAYERS) missed[file] -= 1;
    assert.deepEqual(Object.entries(missed).filter(([, left]) => !(left <= 0)), [], "a file has more layers than this list opens");

    await page.setViewportSize(DESKTOP);
    const places = await prepare(page, demo);
    const found = [];
    for (const size of [PHONE, DESKTOP]) {
      await page.setViewportSize(size);
      let at;
      for (const { file, is = "dialog", on, open, only, below = 0, stays } of LAYERS) {
        if (only && only !== size) continue;
        if (on !== at) {
          await page.goto(`${demo.server}${places[on] ?? on}`);
          await page.getByRole("heading", { level: 1 }).first().waitFor({ state: "attached" });
          await settled(page);
          at = on;
        }
        const name = `${file} at ${size.width} px`;
        const address = page.url();
        await open(page).catch((error) => assert.fail(`${name} did not open: ${error.message}`));
        const own = `[role="${is}"]`;
        // A menu that opened a dialog is gone by then.
        await page
          .waitForFunction(([selector, many]) => document.querySelectorAll(selector).length === many, [own, below + 1])
          .catch(() => assert.fail(`${name} did not open`));
        await page.waitForFunction(([selector, many]) => document.querySelectorAll(selector).length === many, [OPEN, below + 1]);
        await settled(page);
        found.push(...(await axeFaults(page, name, own)));
        await page.keyboard.press("Escape");
        if (stays) {
          assert.equal(await page.locator(OPEN).count(), 1, `Esc closed ${name}`);
          await page.unroute("**/api/team?**");
          at = undefined;
          continue;
        }
        await page
          .waitForFunction(([selector, many]) => document.querySelectorAll(selector).length <= many, [OPEN, below])
          .catch(() => assert.fail(`Esc did not close ${name}`));
        if (below > 0) await page.keyboard.press("Escape");
        await page.waitForFunction((selector) => !document.querySelector(selector), OPEN).catch(() => assert.fail(`${name} left a layer open`));
        await page
          .waitForFunction(() => document.activeElement && document.activeElement !== document.body)
          .catch(() => assert.fail(`the focus is lost after ${name}`));
        assert.equal(new URL(page.url()).pathname, new URL(address).pathname, `Esc in ${name} closed the page too`);
      }
    }
    none(found);
  },
};
