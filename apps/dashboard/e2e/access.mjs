// Scenarios of one's own access: two-factor sign-in, and sign-ins that are ended.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { signIn } from "./actions.mjs";

const PASSWORD = "a few words of her own";
const STEP_MS = 30_000;

/** The code that an authenticator app shows at a time (RFC 6238). */
function codeAt(secret, ms) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(ms / STEP_MS)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac.at(-1) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Somebody of their own, so that no other scenario is asked for a code. */
async function newcomer(page, demo, email) {
  await signIn(page, demo);
  const link = await page.evaluate(async (address) => {
    const body = JSON.stringify({ email: address, role: "viewer" });
    const headers = { "content-type": "application/json" };
    return (await (await fetch("/api/team/invitations", { method: "POST", headers, body })).json()).link;
  }, email);
  await page.context().clearCookies();
  await page.goto(link);
  await page.getByLabel("Your name").fill("Tara Two");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: /^Join/ }).click();
  await page.waitForURL((url) => url.pathname !== "/invite");
  await page.getByRole("heading", { level: 1 }).waitFor();
}

async function firstStep(page, demo, email) {
  await page.goto(`${demo.server}/sign-in?next=/settings`);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export const access = {
  async "two-factor sign-in is turned on and asked for, and another sign-in ends"({ page, demo, browser, shoot }) {
    const email = "tara@two.example";
    await newcomer(page, demo, email);
    await page.goto(`${demo.server}/settings`);
    await page.getByRole("button", { name: "Turn on" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Current password").fill(PASSWORD);
    await dialog.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
    const secret = (await page.getByRole("button", { name: /, copy secret/ }).innerText()).match(/[A-Z2-7 ]{32,}/)[0].replaceAll(" ", "");
    await shoot("16-two-factor");
    const confirmedAt = Date.now();
    await page.getByLabel("Code that the app shows").fill(codeAt(secret, confirmedAt));
    await page.getByRole("button", { name: "Turn on" }).click();
    const codes = page.locator("[data-recovery-code]");
    await codes.first().waitFor();
    assert.equal(await codes.count(), 10);
    const recovery = (await codes.first().innerText()).trim();
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("10 recovery codes left").waitFor();

    // Another browser: the password alone is not enough, Esc leads back, and a recovery code signs in.
    const context = await browser.newContext();
    const other = await context.newPage();
    await firstStep(other, demo, email);
    await other.getByRole("heading", { name: "Enter your code" }).waitFor();
    assert.equal(await other.locator('input[autocomplete="one-time-code"][inputmode="numeric"]').count(), 1);
    await other.keyboard.press("Escape");
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal(await other.getByLabel("Email").inputValue(), email);
    await other.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByLabel("Code").fill("000000");
    await other.keyboard.press("Enter");
    await other.getByText("The code is wrong").waitFor();
    await other.getByRole("button", { name: "Use a recovery code" }).click();
    await other.getByLabel("Recovery code").fill(recovery.toLowerCase());
    await other.keyboard.press("Enter");
    await other.getByRole("heading", { name: "Settings", level: 1 }).waitFor();

    // It is seen and ended here, and the other browser notices at once.
    await page.reload();
    await page.getByText("9 recovery codes left").waitFor();
    await page.getByText("This browser", { exact: true }).waitFor();
    await page.getByRole("button", { name: /^End Chrome on Linux/ }).first().click();
    await page.getByText("The sign-in has ended.").waitFor();
    await other.getByRole("dialog").getByLabel("Password", { exact: true }).waitFor();
    await context.close();

    // Out, and in again by the app's next code.
    await page.getByRole("button", { name: /account menu$/ }).first().click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await firstStep(page, demo, email);
    await page.getByLabel("Code").fill(codeAt(secret, confirmedAt + STEP_MS));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
  },
};
