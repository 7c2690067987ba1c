// Rules of sending, as a person sees them. Begins a track of its own.
import assert from "node:assert/strict";
import { addFault, control } from "./actions.mjs";
import { called, log, openThread, READY, ready, write } from "./receiving.mjs";

const DORA = "4915133300001";
const EMIL = "4915133300002";
const FRIDA = "4915133300003";
const GUSTAV = "4915133300004";

const knobs = (demo, values = {}) => control(demo, "POST", "sending/knobs", { delayMs: { sent: 100, delivered: 200, read: 300 }, ...values });
const field = (page) => page.getByRole("textbox", { name: /^Message to/ });
const line = (page, words) => log(page).locator("article", { hasText: words });
const status = (page, words, wanted) => line(page, words).locator(`[data-status="${wanted}"]`).waitFor({ state: "attached" });

/** Opens a conversation with a customer who has just written. */
async function talk(page, demo, customer, name) {
  await knobs(demo);
  await ready(page, demo);
  await called(demo, customer, name);
  await write(demo, customer, { type: "text", text: `This is ${name}` });
  await control(demo, "POST", "webhooks/settle", { timeoutMs: 10_000 });
  await openThread(page, demo, name);
  await field(page).waitFor();
}

async function say(page, words) {
  await field(page).fill(words);
  await page.keyboard.press("Enter");
}

/** Reads the newest messages of the open conversation by the API. */
const messages = (page) =>
  page.evaluate(async () => {
    const id = location.pathname.split("/").at(-1);
    return (await (await fetch(`/api/conversations/${id}/messages?limit=50`)).json()).data;
  });

/** Counts how often Meta accepted each message with these words. */
async function accepted(page, demo, words) {
  const ours = (await messages(page)).filter((message) => message.direction === "outbound" && message.content?.body === words);
  const found = await Promise.all(ours.map((message) => control(demo, "GET", `ledger/messages?opaque=${message.id}`)));
  return found.map(({ data }) => data[0]?.accepted ?? 0);
}

export const sending = {
  async "sending: a text goes out once, and its ticks tell how far it is"({ page, demo }) {
    await talk(page, demo, DORA, "Dora Lind");
    await knobs(demo, { statuses: ["sent", "delivered", "read"] });
    await field(page).fill("It is back since *Monday*");
    await page.keyboard.press("Enter");
    // A second Enter must not send anything more.
    await page.keyboard.press("Enter");
    await log(page).locator("strong", { hasText: "Monday" }).waitFor();
    await status(page, "It is back since", "read");
    assert.deepEqual(await accepted(page, demo, "It is back since *Monday*"), [1]);
    assert.equal(await field(page).inputValue(), "");
  },

  async "sending: an answer that is lost on the way is asked for again, and the customer gets one message"({ page, demo }) {
    await talk(page, demo, DORA, "Dora Lind");
    let lost = 0;
    await page.route("**/api/messages", async (route) => {
      if (route.request().method() !== "POST" || lost > 0) return route.fallback();
      lost += 1;
      await route.fetch();
      await route.abort();
    });
    await say(page, "Only once, please");
    await status(page, "Only once, please", "delivered");
    // With nothing pending, nothing more is sent.
    await log(page).locator("[data-pending]").waitFor({ state: "detached" });
    assert.equal(lost, 1, "no answer was lost");
    assert.equal(await line(page, "Only once, please").count(), 1, "it is in the thread twice");
    assert.deepEqual(await accepted(page, demo, "Only once, please"), [1]);
  },

  async "sending: what was typed is kept for its conversation, and over a reload"({ page, demo }) {
    await talk(page, demo, EMIL, "Emil Sand");
    await field(page).fill("Half a sentence for Emil");
    await page.getByRole("link", { name: /Dora Lind/ }).click();
    await page.getByRole("textbox", { name: "Message to Dora Lind" }).waitFor();
    assert.equal(await field(page).inputValue(), "");
    await page.reload();
    await page.getByRole("link", { name: /Emil Sand/ }).click();
    await page.getByRole("textbox", { name: "Message to Emil Sand" }).waitFor();
    assert.equal(await field(page).inputValue(), "Half a sentence for Emil");
    await field(page).fill("");
  },

  async "sending: while the server is away a message waits, and goes when it is back"({ page, demo }) {
    await talk(page, demo, EMIL, "Emil Sand");
    await page.route("**/api/messages", (route) => (route.request().method() === "POST" ? route.abort() : route.fallback()));
    await say(page, "Through a weak network");
    await log(page).getByText("The server has not confirmed it yet").waitFor();
    await page.unroute("**/api/messages");
    await page.reload();
    await log(page).waitFor();
    await status(page, "Through a weak network", "delivered");
    assert.deepEqual(await accepted(page, demo, "Through a weak network"), [1]);
  },

  async "sending: reply, reaction and emoji"({ page, demo }) {
    await talk(page, demo, DORA, "Dora Lind");
    await write(demo, DORA, { type: "text", text: "Do you open on Sunday?" });
    const question = line(page, "Do you open on Sunday?").first();
    await question.hover();
    await question.getByRole("button", { name: /^Reply to:/ }).click();
    await page.getByText("Reply to Dora Lind").waitFor();
    await page.getByRole("button", { name: "Emoji", exact: true }).click();
    await page.getByRole("textbox", { name: "Search emoji" }).fill("thumbs up");
    await page.keyboard.press("Enter");
    assert.match(await field(page).inputValue(), /👍/u);
    await say(page, "From ten");
    const reply = line(page, "From ten").first();
    await reply.getByRole("button", { name: "Go to the message that this answers" }).waitFor();
    await status(page, "From ten", "delivered");
    await question.hover();
    await question.getByRole("button", { name: /^React to:/ }).click();
    await page.getByRole("button", { name: "React with ❤️" }).click();
    await question.getByText("You reacted with").waitFor({ state: "attached" });
    let thread = "";
    for (let tries = 0; tries < 100 && !/❤️/u.test(thread); tries += 1) {
      thread = JSON.stringify(await control(demo, "GET", `phones/${DORA}/thread?with=${READY}`));
      await page.waitForTimeout(100);
    }
    assert.match(thread, /❤️/u, "the reaction is not on the phone");
  },

  async "sending: files by choice and by dropping, one cancelled, with words"({ page, demo }) {
    await talk(page, demo, FRIDA, "Frida Berg");
    const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAABgAAAASCAIAAADOjonJAAAAhUlEQVR42s3MMQ0EMQxFwYVyEAIhEAzBEAzBAFIYgiEY4kVP+gy2WGnqeX52roUtBpeQRElj8LwX+bkWthhcQhIljcGLUZxrYYvBJSRR0hh8McpzLWwxuIQkShqDL0Z1roUtBpeQRElj8MWoz7WwxeASkihpDL4YzbkWthhcQhIljcFr0R/SD3bfN9LBZgAAAABJRU5ErkJggg==", "base64");
    const choosing = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Attach or send something else" }).click();
    await page.getByRole("menuitem", { name: "Photo, video or file" }).click();
    await (await choosing).setFiles([{ name: "cup.png", mimeType: "image/png", buffer: png }]);
    const tray = page.getByRole("list", { name: "Files of this message" });
    await tray.getByRole("button", { name: "Remove cup.png" }).waitFor();
    // A file is dropped on the thread, and removed again.
    const dropped = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(["%PDF-1.4"], "price list.pdf", { type: "application/pdf" }));
      return data;
    });
    await log(page).dispatchEvent("drop", { dataTransfer: dropped });
    await tray.getByText("price list.pdf").waitFor();
    await tray.getByRole("button", { name: /price list\.pdf$/ }).last().click();
    await tray.getByText("price list.pdf").waitFor({ state: "detached" });
    await field(page).fill("Is it *this* one?");
    await page.getByRole("button", { name: "Send message" }).click();
    await status(page, "Is it this one?", "delivered");
    await line(page, "Is it this one?").getByRole("button", { name: /^Open the picture/ }).waitFor();
    const [newest] = await messages(page);
    assert.equal(newest.type, "image");
    assert.equal(newest.content.caption, "Is it *this* one?");
  },

  async "sending: a voice message is recorded and arrives as one"({ page, demo }) {
    await talk(page, demo, FRIDA, "Frida Berg");
    await page.getByRole("button", { name: "Record a voice message" }).click();
    // The server's Permissions-Policy must let the page use the microphone.
    await page.getByText("Recording 0:02").waitFor();
    await page.getByRole("button", { name: "Send voice message" }).click();
    await field(page).waitFor();
    await log(page).locator('article[data-direction="outbound"] audio').last().waitFor();
    const [newest] = await messages(page);
    assert.equal(newest.type, "audio");
    assert.equal(newest.content.voice, true);
  },

  async "sending: location, contact card, buttons, list and link"({ page, demo }) {
    await talk(page, demo, FRIDA, "Frida Berg");
    const open = async (item) => {
      await page.getByRole("button", { name: "Attach or send something else" }).click();
      await page.getByRole("menuitem", { name: item }).click();
      return page.getByRole("dialog");
    };
    let dialog = await open("Location");
    await dialog.getByRole("textbox", { name: "Coordinates, or the address of a map" }).fill("https://www.openstreetmap.org/?mlat=38.7223&mlon=-9.1393");
    await dialog.getByRole("textbox", { name: "Name" }).fill("Café da Praça");
    await dialog.getByRole("button", { name: "Send location to Frida Berg" }).click();
    await status(page, "Café da Praça", "delivered");

    dialog = await open("Contact card");
    await dialog.getByRole("textbox", { name: "Name" }).fill("Ana Costa");
    await dialog.getByRole("textbox", { name: "Phone" }).fill("+351 912 345 678");
    await dialog.getByRole("button", { name: "Send card to Frida Berg" }).click();
    await status(page, "Ana Costa", "delivered");

    dialog = await open("Buttons, list or link");
    await dialog.getByRole("textbox", { name: "Text" }).fill("When shall we deliver?");
    await dialog.getByRole("textbox", { name: "Button 1" }).fill("Tomorrow");
    await dialog.getByRole("button", { name: "Add a button" }).click();
    await dialog.getByRole("textbox", { name: "Button 2" }).fill("On Friday");
    await dialog.getByRole("button", { name: "Send to Frida Berg" }).click();
    await status(page, "When shall we deliver?", "delivered");
    await line(page, "When shall we deliver?").getByText("On Friday").waitFor();

    dialog = await open("Buttons, list or link");
    await dialog.getByText("List", { exact: true }).click();
    await dialog.getByRole("textbox", { name: "Text" }).fill("Which roast?");
    await dialog.getByRole("textbox", { name: "Words that open the list" }).fill("Roasts");
    await dialog.getByRole("textbox", { name: "Entry 1", exact: true }).fill("Dark");
    await dialog.getByRole("button", { name: "Send to Frida Berg" }).click();
    await status(page, "Which roast?", "delivered");
  },

  async "sending: where the window is shut it says so and a template goes"({ page, demo, shoot }) {
    await knobs(demo);
    await ready(page, demo);
    await called(demo, GUSTAV, "Gustav Old");
    const before = await control(demo, "GET", "clock");
    const now = Date.parse(before.now);
    await control(demo, "POST", "clock", { now: new Date(now - 3 * 86_400_000).toISOString() });
    try {
      await write(demo, GUSTAV, { type: "text", text: "Three days ago" });
    } finally {
      await control(demo, "POST", "clock", { advanceSeconds: 3 * 86_400 });
    }
    await control(demo, "POST", "webhooks/settle", { timeoutMs: 10_000 });
    await openThread(page, demo, "Gustav Old");
    const note = page.getByRole("note", { name: "Why you cannot write" });
    await note.getByText(/The reply window was open until/).waitFor();
    assert.equal(await field(page).count(), 0, "one can write although the window is shut");
    await shoot("10-window-shut");
    await note.getByRole("button", { name: "Send a template" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("order_update");
    await dialog.getByRole("button", { name: "Add a variable" }).click();
    await dialog.getByRole("textbox", { name: "Words for variable 1" }).fill("4812");
    await dialog.getByRole("button", { name: "Send template to Gustav Old" }).click();
    await line(page, "order_update").getByText("4812").waitFor();
    await status(page, "order_update", "delivered");
    await write(demo, GUSTAV, { type: "text", text: "Now I write again" });
    await field(page).waitFor();
  },

  async "sending: a failure is explained, and sent again where that is safe"({ page, demo, shoot }) {
    await talk(page, demo, EMIL, "Emil Sand");
    await knobs(demo, { recipients: { [EMIL]: { fail: 131026 } } });
    await say(page, "This one fails");
    const failed = line(page, "This one fails");
    await failed.getByText("131026").waitFor();
    await shoot("11-composer");
    await knobs(demo);
    const again = failed.getByRole("button", { name: /^Send again/ });
    if ((await again.count()) > 0) {
      await again.click();
      await status(page, "This one fails", "delivered");
    } else await failed.getByText("it would fail again").waitFor();
  },

  async "sending: Meta's lost answer is proved by a status, and nothing is sent twice"({ page, demo }) {
    await talk(page, demo, EMIL, "Emil Sand");
    await addFault(demo, { match: { method: "POST", path: "*/messages" }, when: { next: 1 }, then: { reset: "after" } });
    await say(page, "Did you get this?");
    await status(page, "Did you get this?", "delivered");
    assert.deepEqual(await accepted(page, demo, "Did you get this?"), [1]);
  },

  async "queue: a paused number keeps what waits, says why, and goes on"({ page, demo, shoot }) {
    await talk(page, demo, DORA, "Dora Lind");
    await page.goto(`${demo.server}/queue`);
    await page.getByRole("button", { name: /^Pause sending from .*4201$/ }).click();
    await page.getByText(/^Sending from .* is paused$/).waitFor();
    await openThread(page, demo, "Dora Lind");
    await say(page, "Wait for it");
    await line(page, "Wait for it").getByText("Sending from this number is paused").waitFor();
    await say(page, "Take this back");
    await line(page, "Take this back").getByRole("button", { name: "Cancel message" }).click();
    await status(page, "Take this back", "cancelled");
    await page.goto(`${demo.server}/queue`);
    await page.getByRole("list", { name: "Why messages wait" }).or(page.locator('[data-label="Waiting"]', { hasText: "answer" })).first().waitFor();
    await page.getByRole("combobox", { name: "Status" }).click();
    await page.getByRole("option", { name: "Waiting" }).click();
    const row = page.locator('[data-outbound][data-status="queued"]', { hasText: "Wait for it" });
    await row.click();
    const drawer = page.getByRole("dialog");
    await drawer.getByText("Sending from this number is paused").waitFor();
    await drawer.getByRole("link", { name: "Open the conversation" }).waitFor();
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "detached" });
    await shoot("12-queue", "/queue");
    await page.goto(`${demo.server}/queue`);
    await page.getByRole("button", { name: /^Resume sending from .*4201$/ }).click();
    await openThread(page, demo, "Dora Lind");
    await status(page, "Wait for it", "delivered");
    assert.deepEqual(await accepted(page, demo, "Take this back"), [0]);
  },
};
