// Acts of a person that several scenarios share.
import assert from "node:assert/strict";

export async function signIn(page, demo, email = demo.email, password = demo.password) {
  await page.goto(`${demo.server}/sign-in?next=/connections`);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Connections", level: 1 }).waitFor();
}

export async function control(demo, method, path, body) {
  const answer = await fetch(`${demo.sandbox}/_sandbox/${path}`, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  assert.ok(answer.ok, `${method} ${path} answered ${answer.status}: ${await answer.clone().text()}`);
  return answer.json().catch(() => undefined);
}

/** Sets the outcome of the next dialogs at the sandbox. */
export async function nextDialog(demo, outcome) {
  await control(demo, "DELETE", "dialog");
  await control(demo, "POST", "dialog", outcome);
}

export const addFault = (demo, fault) => control(demo, "POST", "faults", fault);
export const clearFaults = (demo) => control(demo, "DELETE", "faults");

export async function openPanel(page) {
  await page.getByRole("button", { name: "Connect WhatsApp" }).first().click();
  await page.getByRole("button", { name: "Continue in this window" }).waitFor();
}

/** Begins a login in this window, and presses one of the dialog's buttons. */
export async function connectHere(page, answer = "Continue") {
  await openPanel(page);
  await page.getByRole("button", { name: "Continue in this window" }).click();
  await page.getByRole("button", { name: answer, exact: true }).click();
}

/** Begins a login in a popup, and presses one of the dialog's buttons. The popup closes itself. */
export async function connectInPopup(page, answer = "Continue") {
  await openPanel(page);
  const opening = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Continue in a new window" }).click();
  const popup = await opening;
  const closed = popup.waitForEvent("close");
  await popup.getByRole("button", { name: answer, exact: true }).click();
  await closed;
}

export const card = (page, phoneNumberId) => page.locator(`[data-account="${phoneNumberId}"]`);

export async function expectState(page, phoneNumberId, state) {
  await page.locator(`[data-account="${phoneNumberId}"][data-state="${state}"]`).waitFor();
}

/** Reads the organisation's numbers by the API. */
export function accounts(page) {
  return page.evaluate(async () => (await (await fetch("/api/accounts")).json()).data);
}

/** Cancels all open connect sessions, so that the next scenario begins afresh. */
export async function giveUpAll(page) {
  await page.evaluate(async () => {
    const open = await (await fetch("/api/connect-sessions?status=open")).json();
    for (const session of open.data) {
      await fetch(`/api/connect-sessions/${session.id}/cancel`, { method: "POST" });
    }
  });
}

/** Begins a login as a host product's server does: with a bearer token, without a browser. Returns Meta's address. */
export async function beginByApi(demo) {
  const signedIn = await fetch(`${demo.server}/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: demo.email, password: demo.password }),
  });
  const { accessToken } = await signedIn.json();
  const begun = await fetch(`${demo.server}/auth/meta-oauth/init?mode=redirect`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  assert.ok(begun.ok, `init answered ${begun.status}`);
  return (await begun.json()).authUrl;
}

/** Passes Meta's dialog in another browser, where nobody is signed in. Returns the address where it ended. */
export async function loginElsewhere(browser, demo, authUrl) {
  const stranger = await browser.newContext();
  try {
    const theirs = await stranger.newPage();
    await theirs.goto(authUrl);
    await theirs.getByRole("button", { name: "Continue", exact: true }).click();
    await theirs.waitForURL((url) => url.origin === demo.server && url.pathname === "/sign-in");
    return theirs.url();
  } finally {
    await stranger.close();
  }
}
