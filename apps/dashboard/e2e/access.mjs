// Signing in: the pages before it, two-factor sign-in, and sign-ins that are ended.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { BEFORE_SIGN_IN } from "./addresses.mjs";
import { signIn } from "./actions.mjs";
import { faults, none } from "./look.mjs";

const PASSWORD = "a few words of her own";
const STEP_MS = 30_000;

/** Returns the code that an authenticator app shows at a time (RFC 6238). */
function codeAt(secret, ms) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(ms / STEP_MS)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac.at(-1) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Invites an address as the owner, and returns the link. */
async function invited(page, demo, email) {
  await signIn(page, demo);
  const link = await page.evaluate(async (address) => {
    const body = JSON.stringify({ email: address, role: "viewer" });
    const headers = { "content-type": "application/json" };
    return (await (await fetch("/api/team/invitations", { method: "POST", headers, body })).json()).link;
  }, email);
  await page.context().clearCookies();
  return link;
}

/** Makes a person of this scenario's own, so that no other scenario is asked for a code. */
async function newcomer(page, demo, email) {
  const link = await invited(page, demo, email);
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

const problem = (status, code) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ title: "Refused", status, code, detail: "It is not as it should be.", remedy: "Do it otherwise.", requestId: "r-1" }),
});
const answer = (page, address, with_) => page.route(`**${address}`, (route) => (with_ ? route.fulfill(with_) : undefined));
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

async function firstStepOf(page, code) {
  await answer(page, "/auth/login", problem(401, code));
  await page.getByLabel("Email").fill("tara@two.example");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await press(page, "Sign in");
}

/**
 * Lists the states of each page before sign-in: the fragment of its address, the acts before and after it is opened, its
 * heading or a text of it, and the field that has the focus. Each page is also opened by its bare address.
 */
const STATES = (invitation) => ({
  "sign-in": [
    { name: "as-it-opens", heading: "Sign in", focus: "email" },
    { name: "with-mail", before: (page) => answer(page, "/auth/options", { json: { mail: true } }), seen: "Forgot your password?", focus: "email" },
    {
      name: "refused",
      async then(page) {
        await answer(page, "/auth/login", problem(401, "invalid_credentials"));
        await page.getByLabel("Email").fill("tara@two.example");
        await page.getByLabel("Password", { exact: true }).fill("wrong");
        await press(page, "Sign in");
      },
      seen: "You are not signed in",
      focus: "password",
    },
    { name: "code", then: (page) => firstStepOf(page, "second_factor_required"), heading: "Enter your code", focus: "code" },
    {
      name: "wrong-code",
      async then(page) {
        await firstStepOf(page, "second_factor_required");
        await page.getByLabel("Code").fill("000000");
        await answer(page, "/auth/login", problem(401, "wrong_code"));
        await press(page, "Sign in");
      },
      seen: "You are not signed in",
      focus: "code",
    },
    {
      name: "recovery-code",
      async then(page) {
        await firstStepOf(page, "second_factor_required");
        await press(page, "Use a recovery code");
      },
      seen: "Type one of the recovery codes",
      focus: "code",
    },
  ],
  invite: [
    { name: "asking", behind: "#token", before: (page) => answer(page, "/auth/invitations/inspect"), heading: "Your invitation" },
    { name: "unknown", behind: "#no-such-token", heading: "This invitation cannot be used" },
    { name: "form", behind: new URL(invitation).hash, heading: "Join Acme Coffee", focus: "name" },
    { name: "weak-password", behind: new URL(invitation).hash, then: (page) => page.getByLabel("Your name").fill("Tara").then(() => page.keyboard.press("Enter")), seen: "Use 12 characters or more", focus: "password" },
  ],
  reset: [
    { name: "form", behind: "#token", heading: "Choose a new password", focus: "newPassword" },
    { name: "unknown", behind: "#no-such-token", then: (page) => page.getByLabel("New password").fill(PASSWORD).then(() => page.keyboard.press("Enter")), seen: "The password was not changed", focus: "newPassword" },
    {
      name: "done",
      behind: "#token",
      before: (page) => answer(page, "/auth/password-reset", { status: 204 }),
      then: (page) => page.getByLabel("New password").fill(PASSWORD).then(() => page.keyboard.press("Enter")),
      heading: "Your password is changed",
    },
  ],
  forgot: [
    { name: "form", heading: "Forgot your password?", focus: "email" },
    { name: "no-address", then: (page) => page.keyboard.press("Enter"), seen: "Enter the email address of your account", focus: "email" },
    {
      name: "sent",
      before: (page) => answer(page, "/auth/password/reset-requests", { status: 202 }),
      then: (page) => page.getByLabel("Email").fill("tara@two.example").then(() => page.keyboard.press("Enter")),
      heading: "Look into your mail",
    },
  ],
  prove: [
    { name: "asking", behind: "#token", before: (page) => answer(page, "/auth/address/proof/accept"), heading: "Your address" },
    { name: "signed-out", behind: "#token", seen: "Sign in first" },
    { name: "refused", behind: "#token", before: (page) => answer(page, "/auth/address/proof/accept", problem(410, "link_used")), heading: "Your address is not proven yet" },
    { name: "done", behind: "#token", before: (page) => answer(page, "/auth/address/proof/accept", { status: 204 }), heading: "Your address is proven" },
  ],
});

export const access = {
  async "every page before sign-in, in each of its states: axe finds nothing, the focus is where one types, and nothing of the dashboard is loaded"({ page, demo }) {
    const states = STATES(await invited(page, demo, "every@state.example"));
    const scripts = new Set();
    page.on("request", (request) => request.resourceType() === "script" && scripts.add(new URL(request.url()).pathname));
    const found = [];
    for (const name of BEFORE_SIGN_IN) {
      for (const state of [{ name: "bare" }, ...(states[name] ?? [])]) {
        const what = `before-${name}-${state.name}`;
        await page.goto("about:blank");
        await page.unrouteAll({ behavior: "ignoreErrors" });
        await state.before?.(page);
        await page.goto(`${demo.server}/${name}${state.behind ?? ""}`);
        await page.getByRole("heading", { level: 1, ...(state.heading && !state.then && { name: state.heading }) }).waitFor();
        await state.then?.(page);
        if (state.heading) await page.getByRole("heading", { level: 1, name: state.heading }).waitFor();
        if (state.seen) await page.getByText(state.seen).first().waitFor();
        assert.equal(new URL(page.url()).hash, "", `${what} leaves its token in the address`);
        if (state.focus) {
          await page
            .waitForFunction((field) => document.activeElement?.matches(`input[name="${field}"]`), state.focus)
            .catch(() => assert.fail(`in ${what} the focus is not in ${state.focus}`));
        }
        found.push(...(await faults(page, what, { tabs: true })));
      }
    }
    none(found);
    assert.deepEqual([...scripts].filter((each) => each.startsWith("/assets/index-")), [], "a page before sign-in loads the entry of the dashboard");
  },

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

    // This browser lists the other sign-in and ends it, and the other browser notices at once.
    await page.reload();
    await page.getByText("9 recovery codes left").waitFor();
    await page.getByText("This browser", { exact: true }).waitFor();
    await page.getByRole("button", { name: /^End Chrome on Linux/ }).first().click();
    await page.getByText("The sign-in has ended.").waitFor();
    await other.getByRole("dialog").getByLabel("Password", { exact: true }).waitFor();
    await context.close();

    // Sign out, and in again by the app's next code.
    await page.getByRole("button", { name: /account menu$/ }).first().click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await firstStep(page, demo, email);
    await page.getByLabel("Code").fill(codeAt(secret, confirmedAt + STEP_MS));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
  },
};
