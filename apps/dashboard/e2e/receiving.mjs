// Rules of receiving, as a person sees them. Runs after the scenarios of connecting, in the same demo.
import assert from "node:assert/strict";
import { connectHere, control, expectState, nextDialog, signIn } from "./actions.mjs";

export const READY = "530000000000001";
const ANA = "4915112345678";
const BEN = "4915187654321";
const CLEO = "4915100000003";
const ZOE = "4915155544321";

/** Connects the number that customers write to, if it is not connected. */
export async function ready(page, demo) {
  await signIn(page, demo);
  const { data } = await page.evaluate(async () => (await fetch("/api/accounts")).json());
  if (!data.some((account) => account.phoneNumberId === READY && account.isActive)) {
    await nextDialog(demo, { outcome: "approve", phoneNumbers: [READY] });
    await connectHere(page);
    await expectState(page, READY, "connected");
  }
}

export const write = (demo, customer, message) => control(demo, "POST", `phones/${customer}/messages`, { to: READY, ...message });
export const called = (demo, customer, name) => control(demo, "POST", `phones/${customer}`, { name });
export const log = (page) => page.getByRole("log");

async function openInbox(page, demo) {
  await page.goto(`${demo.server}/inbox`);
  await page.getByRole("heading", { name: "Inbox", level: 1 }).waitFor();
}

export async function openThread(page, demo, name) {
  await openInbox(page, demo);
  await page.getByRole("link", { name: new RegExp(name) }).first().click();
  await log(page).waitFor();
}

export const receiving = {
  async "inbox: what a customer writes appears by itself, and is read when it is looked at"({ page, demo }) {
    await ready(page, demo);
    await called(demo, ANA, "Ana Costa");
    await openInbox(page, demo);
    await write(demo, ANA, { type: "text", text: "Is the *oat milk* back?" });
    const row = page.getByRole("link", { name: /Ana Costa/ });
    await row.getByText("Is the *oat milk* back?").waitFor();
    await row.getByText("unread").waitFor({ state: "attached" });
    await row.click();
    await log(page).locator("strong", { hasText: "oat milk" }).waitFor();
    await row.getByText("unread").waitFor({ state: "detached" });
    await write(demo, ANA, { type: "text", text: "And the cups?" });
    await log(page).getByText("And the cups?").waitFor();
    await page.getByText(/Ana Costa wrote: And the cups\?/).waitFor({ state: "attached" });
    await page.getByText(/h left/).first().waitFor();
  },

  async "inbox: every kind of message is drawn"({ page, demo, shoot }) {
    await ready(page, demo);
    await called(demo, BEN, "Ben Haddad");
    const kinds = [
      "image",
      "video",
      "document",
      "audio",
      "voice",
      "sticker",
      "location",
      "contacts",
      "button",
      "button_reply",
      "list_reply",
      "nfm_reply",
      "call_permission_reply",
      "order",
      "unsupported",
      "request_welcome",
    ];
    await write(demo, BEN, { type: "text", text: "First of all" });
    for (const type of kinds) await write(demo, BEN, { type });
    await write(demo, BEN, { type: "text", text: "Last of all" });
    await write(demo, BEN, { type: "reaction" });
    await control(demo, "POST", "webhooks/settle", { timeoutMs: 10_000 });
    await openThread(page, demo, "Ben Haddad");
    await log(page).getByText("Last of all").waitFor();
    const { data } = await page.evaluate(async () => {
      const id = location.pathname.split("/").at(-1);
      return (await fetch(`/api/conversations/${id}/messages?limit=100`)).json();
    });
    assert.equal(data.length, kinds.length + 3, "not every message arrived");
    const known = data.filter((message) => message.type !== "unsupported" && message.type !== "reaction");
    // Each is drawn as its own kind, and none as an unknown one.
    for (const message of known) {
      const line = log(page).locator(`[data-message="${message.id}"]`);
      for (let tries = 0; tries < 60 && (await line.count()) === 0; tries += 1) {
        await log(page).evaluate((scroll) => scroll.scrollBy(0, -200));
        await page.waitForTimeout(30);
      }
      assert.equal(await line.count(), 1, `${message.type} is not in the thread`);
      assert.equal(await line.getByText("not shown yet").count(), 0, `${message.type} is shown as unsupported`);
    }
    await shoot("7-thread");
  },

  async "inbox: a picture is fetched from Meta and opens large"({ page, demo }) {
    await ready(page, demo);
    await openThread(page, demo, "Ben Haddad");
    await write(demo, BEN, { type: "image" });
    const picture = log(page).getByRole("button", { name: /^Open the picture/ }).last();
    await picture.waitFor();
    await picture.click();
    await page.getByRole("dialog").locator("img").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  },

  async "inbox: nothing is lost or shown twice over a broken connection"({ page, demo }) {
    let down = false;
    const sockets = [];
    await page.routeWebSocket(/\/api\/events\/ws/, (socket) => {
      if (down) return void socket.close();
      socket.connectToServer();
      sockets.push(socket);
    });
    await ready(page, demo);
    await openThread(page, demo, "Ana Costa");
    await log(page).getByText("And the cups?").waitFor();
    down = true;
    for (const socket of sockets) await socket.close();
    const bar = page.getByText("Live updates are interrupted");
    await bar.waitFor();
    const [over, under] = [await bar.boundingBox(), await page.getByRole("region", { name: "Messages" }).boundingBox()];
    assert.ok(over.y + over.height <= under.y + 1, "the bar lies over the thread");
    await write(demo, ANA, { type: "text", text: "While you were away" });
    await control(demo, "POST", "webhooks/settle", { timeoutMs: 10_000 });
    down = false;
    await page.getByText("Live updates are interrupted").waitFor({ state: "detached" });
    await log(page).getByText("While you were away").waitFor();
    assert.equal(await log(page).getByText("While you were away").count(), 1);
  },

  async "inbox: name, assignment, closing, and opening again by the next message"({ page, demo }) {
    await ready(page, demo);
    await openThread(page, demo, "Ana Costa");
    await page.getByRole("button", { name: "Change the name of Ana Costa" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Ana of the market");
    await page.getByRole("button", { name: "Save the name" }).click();
    await page.getByRole("link", { name: /Ana of the market/ }).waitFor();
    await page.getByRole("combobox", { name: "Assigned to" }).last().click();
    await page.getByRole("option", { name: /\(you\)/ }).click();
    await page.getByRole("button", { name: "Close conversation" }).click();
    await page.getByRole("button", { name: "Open conversation again" }).waitFor();
    await page.getByRole("link", { name: /Ana of the market/ }).waitFor({ state: "detached" });
    await write(demo, ANA, { type: "text", text: "One more thing" });
    await page.getByRole("link", { name: /Ana of the market/ }).getByText("One more thing").waitFor();
    await page.getByRole("button", { name: "Close conversation" }).waitFor();
  },

  async "inbox: search and keyboard"({ page, demo }) {
    await ready(page, demo);
    await openInbox(page, demo);
    await page.getByRole("link", { name: /Ben Haddad/ }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("market");
    await page.getByRole("link", { name: /Ben Haddad/ }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: /Ana of the market/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: /Ben Haddad/ }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await log(page).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Choose a conversation").waitFor();
  },

  async "inbox: search finds people as the page writes them, and promises nothing else"({ page, demo }) {
    await ready(page, demo);
    await called(demo, ZOE, "Zoë Müller");
    await write(demo, ZOE, { type: "text", text: "Please resend the invoice" });
    await control(demo, "POST", "webhooks/settle", { timeoutMs: 10_000 });
    await openInbox(page, demo);
    const field = page.getByPlaceholder("Search names and numbers");
    const [zoe, ana] = [page.getByRole("link", { name: /Zoë Müller/ }), page.getByRole("link", { name: /Ana of the market/ })];
    await ana.waitFor();
    for (const words of ["+49 151 555 44321", "(0151) 555-44321", "51 555 44", "zoe", "muller", "ZOË"]) {
      await field.fill(words);
      await ana.waitFor({ state: "detached" });
      await zoe.waitFor();
      await field.fill("");
      await ana.waitFor();
    }
    await field.fill("invoice");
    await page.getByRole("heading", { name: "Nothing was found" }).waitFor();
    await page.getByRole("button", { name: "Show all open ones" }).click();
    await ana.waitFor();
    assert.equal(await field.inputValue(), "", "the field shows a search that is not made");
  },

  async "inbox: on a phone list, thread and details are screens of their own"({ page, demo, shoot }) {
    await ready(page, demo);
    await page.setViewportSize({ width: 390, height: 844 });
    // The focus never stays on a screen that is hidden.
    const focusOn = (selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted) && document.activeElement.checkVisibility(), selector);
    await openInbox(page, demo);
    await page.getByRole("link", { name: /Ben Haddad/ }).click();
    await log(page).waitFor();
    assert.equal(await page.getByRole("heading", { name: "Inbox", level: 1 }).isVisible(), false, "the list is still there");
    await focusOn("#content");
    await page.getByRole("button", { name: /^Details of/ }).click();
    await page.getByText("Assigned to").last().waitFor();
    assert.equal(await log(page).isVisible(), false, "the thread is still there");
    await focusOn("#content");
    await page.getByRole("button", { name: "Back to the messages" }).click();
    await log(page).waitFor();
    await focusOn("#content");
    await page.getByRole("button", { name: "Back to the conversations" }).first().click();
    await page.getByRole("heading", { name: "Inbox", level: 1 }).waitFor();
    await focusOn("[data-conversation]");
    await page.setViewportSize({ width: 1280, height: 860 });
    await shoot("8-inbox", "/inbox");
  },

  async "inbox: an erased contact is gone, after saying what is lost"({ page, demo }) {
    await ready(page, demo);
    await called(demo, CLEO, "Cleo Short");
    await write(demo, CLEO, { type: "text", text: "Forget me" });
    await openInbox(page, demo);
    await page.getByRole("link", { name: /Cleo Short/ }).click();
    await log(page).getByText("Forget me").waitFor();
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export contact" }).click();
    assert.match((await downloading).suggestedFilename(), /Cleo.*\.json$/);
    await page.getByRole("button", { name: "Erase contact" }).click();
    await page.getByRole("dialog").getByText("What is lost, for good").waitFor();
    await page.getByRole("button", { name: "Erase Cleo Short" }).click();
    await page.getByText(/Cleo Short is erased, with 1 message/).waitFor();
    await page.getByRole("link", { name: /Cleo Short/ }).waitFor({ state: "detached" });
  },

  async "webhooks: health first, the log, and what Meta sent, masked until it is asked for"({ page, demo, shoot }) {
    await ready(page, demo);
    await write(demo, ANA, { type: "text", text: "For nobody else's eyes" });
    await control(demo, "POST", "webhooks/settle", { timeoutMs: 10_000 });
    await page.goto(`${demo.server}/webhooks`);
    await page.getByRole("heading", { name: /^(Receiving: \d|Quiet: last)/ }).waitFor();
    await page.locator("[data-change]").first().click();
    const drawer = page.getByRole("dialog");
    const raw = drawer.getByRole("region", { name: "As Meta sent it" });
    await raw.waitFor();
    assert.doesNotMatch(await raw.textContent(), /nobody else's eyes/, "a text is readable without asking");
    await drawer.getByRole("button", { name: "Reveal", exact: true }).click();
    await page.getByRole("button", { name: "Reveal personal data" }).click();
    await drawer.locator("[data-revealed]", { hasText: "nobody else's eyes" }).waitFor();
    await page.keyboard.press("Escape");
    await shoot("9-webhooks", "/webhooks");
  },

  async "webhooks: a test delivery comes through"({ page, demo }) {
    await ready(page, demo);
    await page.goto(`${demo.server}/webhooks`);
    await page.getByRole("button", { name: "Send a test delivery" }).click();
    await page.getByText(/^The test came through in/).waitFor();
  },

  async "webhooks: a bad item is parked beside its siblings and can be discarded"({ page, demo }) {
    await ready(page, demo);
    const good = { from: ANA, id: "wamid.good-sibling", timestamp: "1790000000", type: "text", text: { body: "The good sibling" } };
    const bad = { from: ANA, type: "text", text: { body: "Without an id" } };
    await control(demo, "POST", "webhooks/raw", {
      field: "messages",
      phoneNumberId: READY,
      value: {
        messaging_product: "whatsapp",
        metadata: { display_phone_number: "15550134201", phone_number_id: READY },
        contacts: [{ profile: { name: "Ana" }, wa_id: ANA }],
        messages: [bad, good],
      },
    });
    // Meta's delivery is answered before it is applied.
    await page.waitForFunction(async () => (await (await fetch("/api/webhooks/parked")).json()).data.length > 0, null, { polling: 200 });
    await page.goto(`${demo.server}/webhooks`);
    const item = page.locator("li[data-parked]").first();
    await item.getByRole("button").first().click();
    await item.getByRole("button", { name: "Replay item" }).waitFor();
    await item.getByRole("button", { name: "Discard item" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Discard item" }).click();
    await page.getByText("The item is discarded.").waitFor();
    await openThread(page, demo, "Ana");
    await page.evaluate(async () => {
      const id = location.pathname.split("/").at(-1);
      const { data } = await (await fetch(`/api/conversations/${id}/messages?limit=200`)).json();
      if (!data.some((message) => message.metaMessageId === "wamid.good-sibling")) throw new Error("the good sibling is lost");
    });
  },
};
