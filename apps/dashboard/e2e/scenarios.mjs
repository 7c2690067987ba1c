// Rules of connecting and of the team, as a person sees them. They run in this order, in one demo.
import assert from "node:assert/strict";
import {
  accounts,
  addFault,
  beginByApi,
  card,
  clearFaults,
  connectHere,
  connectInPopup,
  control,
  expectState,
  giveUpAll,
  loginElsewhere,
  nextDialog,
  openPanel,
  signIn,
} from "./actions.mjs";

// The sandbox's seed.
const READY = "530000000000001";
const SECOND = "530000000000002";
const UNVERIFIED = "530000000000003";
const THIRD = "530000000000004";
const COEXISTENCE = "530000000000005";
const WITH_PIN = { id: "530000000000006", pin: "830174" };
const MANY_WABA = "420000000000002";

/** Waits until an element that matches the selector has the focus. */
const focused = (page, selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);

/** Checks the words about found numbers: singular and plural follow the counts. */
async function expectCounted(page) {
  const words = await page.locator('[data-step="find_assets"]').innerText();
  assert.match(words, /(^|\D)(1 number|([2-9]|\d{2,}) numbers) found in (1 WhatsApp Business Account|([2-9]|\d{2,}) WhatsApp Business Accounts)\./);
}

export const scenarios = {
  async "a wrong password is refused in words"({ page, demo }) {
    await page.goto(`${demo.server}/team`);
    await page.waitForURL(/\/sign-in\?next=/);
    await page.getByLabel("Email").waitFor();
    // The focus is where one types next, from the start and after each refusal.
    await focused(page, 'input[name="email"]');
    await page.keyboard.press("Enter");
    await focused(page, 'input[name="email"]');
    await page.keyboard.type(demo.email);
    await page.keyboard.press("Enter");
    await focused(page, 'input[name="password"]');
    await page.keyboard.type("not the password");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("You are not signed in").waitFor();
    await focused(page, 'input[name="password"]');
  },

  async "signing in leads back to the page that was asked for"({ page, demo }) {
    await page.goto(`${demo.server}/team`);
    await page.getByLabel("Email").fill(demo.email);
    await page.getByLabel("Password", { exact: true }).fill(demo.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Team", level: 1 }).waitFor();
  },

  async "an empty page explains itself"({ page, demo, shoot }) {
    await signIn(page, demo);
    await page.getByRole("heading", { name: "No number is connected yet" }).waitFor();
    // An admin without a connected number begins at the connections.
    await page.goto(`${demo.server}/`);
    await page.waitForURL(`${demo.server}/connections`);
    await shoot("1-empty", "/connections");
  },

  async "connect by redirect"({ page, demo }) {
    await signIn(page, demo);
    await nextDialog(demo, { outcome: "approve" });
    await connectHere(page);
    const toast = page.getByText("WhatsApp is connected.");
    await toast.waitFor();
    await expectState(page, READY, "connected");
    // No past time is worded as a coming one, and the toast leaves the page's button free.
    await card(page, READY).getByText("just now").waitFor();
    const [over, under] = [await toast.boundingBox(), await page.getByRole("button", { name: "Connect WhatsApp" }).first().boundingBox()];
    assert.ok(over.y > under.y + under.height, "the toast lies over the page's button");
    await page.waitForURL(`${demo.server}/connections`);
  },

  async "connect by popup"({ page, demo }) {
    await signIn(page, demo);
    await nextDialog(demo, { outcome: "approve", phoneNumbers: [SECOND] });
    await connectInPopup(page);
    await page.getByRole("button", { name: "Show the connections" }).waitFor();
    await expectCounted(page);
    await page.getByRole("button", { name: "Show the connections" }).click();
    await expectState(page, SECOND, "connected");
  },

  async "several numbers: only those that are chosen are connected"({ page, demo, shoot }) {
    await signIn(page, demo);
    await nextDialog(demo, { outcome: "approve", wabas: [MANY_WABA] });
    await connectInPopup(page);
    const choice = (id) => page.locator(`[data-candidate="${id}"]`);
    await choice(UNVERIFIED).waitFor();
    assert.ok(await choice(UNVERIFIED).isDisabled(), "an unverified number can be picked");
    await choice(UNVERIFIED).getByText("Cannot be picked").waitFor();
    await choice(THIRD).click();
    await choice(COEXISTENCE).click();
    // The connected number comes ticked, as it would be reconnected.
    await choice(SECOND).click();
    await shoot("2-chooser");
    await page.getByRole("button", { name: "Connect 2 numbers" }).click();
    await page.getByText("2 numbers connected").waitFor();
    await expectCounted(page);
    await page.getByRole("button", { name: "Show the connections" }).click();
    await expectState(page, THIRD, "connected");
    await expectState(page, COEXISTENCE, "connected");
    assert.equal(await card(page, UNVERIFIED).count(), 0, "a number that was not chosen is connected");
  },

  async "cancelling at Meta connects nothing and says so"({ page, demo }) {
    await signIn(page, demo);
    const before = await accounts(page);
    await nextDialog(demo, { outcome: "approve" });
    await connectHere(page, "Cancel");
    await page.locator('[role="alert"][data-tone="info"]', { hasText: "Login cancelled" }).waitFor();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    assert.equal(await page.getByText("access_denied").count(), 0, "the person's own act is shown as an error with a code");
    assert.equal((await accounts(page)).length, before.length);
  },

  async "cancelling in the popup tells the panel"({ page, demo }) {
    await signIn(page, demo);
    await nextDialog(demo, { outcome: "approve" });
    await connectInPopup(page, "Cancel");
    await page.locator('[data-session-status="failed"] [data-tone="info"]').waitFor();
    await page.getByRole("button", { name: "Start again" }).waitFor();
    assert.equal(await page.getByText("access_denied").count(), 0, "the person's own act is shown as an error with a code");
  },

  async "a declined scope is named"({ page, demo, shoot }) {
    await signIn(page, demo);
    await nextDialog(demo, { outcome: "approve", declineScopes: ["whatsapp_business_messaging"] });
    await connectHere(page);
    const refusal = page.getByRole("alert").filter({ hasText: "missing_scope" });
    await refusal.getByText("whatsapp_business_messaging").waitFor();
    await shoot("3-declined-scope");
  },

  async "an expired code has words of its own"({ page, demo }) {
    await signIn(page, demo);
    await nextDialog(demo, { outcome: "approve", code: "expired" });
    await connectInPopup(page);
    await page.locator('[data-session-status="failed"]').getByText("code_expired").first().waitFor();
  },

  async "disconnect asks first and keeps the history"({ page, demo, shoot }) {
    await signIn(page, demo);
    await expectState(page, READY, "connected");
    await card(page, READY).getByRole("button", { name: "Disconnect" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("The history and the audit log.").waitFor();
    await shoot("4-disconnect");
    await dialog.getByRole("button", { name: /^Disconnect \+/ }).click();
    await expectState(page, READY, "disconnected");
  },

  async "reconnect brings the same number back"({ page, demo }) {
    await signIn(page, demo);
    const before = await accounts(page);
    await nextDialog(demo, { outcome: "approve", phoneNumbers: [READY] });
    await card(page, READY).getByRole("button", { name: "Reconnect" }).click();
    await page.getByRole("button", { name: "Continue in this window" }).click();
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await expectState(page, READY, "connected");
    assert.equal((await accounts(page)).length, before.length, "reconnecting made a second row");
  },

  async "verify asks Meta now"({ page, demo }) {
    await signIn(page, demo);
    await card(page, READY).getByRole("button", { name: "Verify" }).click();
    await page.getByText(/^Meta was asked about/).waitFor();
  },

  async "a link begun by another browser connects nothing"({ page, demo, browser }) {
    await signIn(page, demo);
    await card(page, READY).getByRole("button", { name: "Disconnect" }).click();
    await page.getByRole("dialog").getByRole("button", { name: /^Disconnect \+/ }).click();
    await expectState(page, READY, "disconnected");
    const before = (await accounts(page)).filter((account) => account.isActive).length;
    await nextDialog(demo, { outcome: "approve", phoneNumbers: [READY] });
    const { authUrl } = await page.evaluate(async () => (await fetch("/auth/meta-oauth/init?mode=redirect")).json());
    const landed = await loginElsewhere(browser, demo, authUrl);
    assert.match(decodeURIComponent(landed), /error=browser_mismatch/, `the stranger is not told, but lands on ${landed}`);
    assert.equal((await accounts(page)).filter((account) => account.isActive).length, before);

    await page.goto(`${demo.server}/connections?error=browser_mismatch`);
    await page.getByRole("alert").getByText("The login began in another browser").waitFor();
    await page.getByText("A connection is unfinished").waitFor();
    await page.getByRole("button", { name: "Give up" }).click();
    await page.getByText("A connection is unfinished").waitFor({ state: "detached" });
    await expectState(page, READY, "disconnected");
  },

  async "a login begun by a host product waits until the person who began it confirms"({ page, demo, browser }) {
    await signIn(page, demo);
    const before = (await accounts(page)).filter((account) => account.isActive).length;
    await nextDialog(demo, { outcome: "approve", phoneNumbers: [READY] });
    const authUrl = await beginByApi(demo);
    await loginElsewhere(browser, demo, authUrl);
    assert.equal((await accounts(page)).filter((account) => account.isActive).length, before);

    await page.goto(`${demo.server}/connections`);
    await page.getByText("It was finished in another browser", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("This login was finished in another browser").waitFor();
    await page.getByRole("button", { name: /^Connect it to/ }).click();
    await page.locator('[data-session-status="completed"]').waitFor();
    await page.getByRole("button", { name: "Show the connections" }).click();
    await expectState(page, READY, "connected");
  },

  async "a step that failed is resumed without a new login"({ page, demo }) {
    await signIn(page, demo);
    // Only an account that is not connected is subscribed anew.
    await card(page, READY).getByRole("button", { name: "Disconnect" }).click();
    await page.getByRole("dialog").getByRole("button", { name: /^Disconnect \+/ }).click();
    await expectState(page, READY, "disconnected");
    await addFault(demo, {
      match: { method: "POST", path: "*/subscribed_apps" },
      when: "always",
      then: { status: 400, code: 100, message: "Fault on demand" },
    });
    await nextDialog(demo, { outcome: "approve", phoneNumbers: [READY] });
    await connectInPopup(page);
    await page.locator('[data-step="subscribe"][data-state="failed"]').waitFor();
    await clearFaults(demo);
    await page.getByRole("button", { name: "Resume" }).last().click();
    await page.locator('[data-session-status="completed"]').waitFor();
    await page.getByRole("button", { name: "Show the connections" }).click();
    await expectState(page, READY, "connected");
  },

  async "a warning has the button that its words name and no other, and a cured one is gone"({ page, demo }) {
    await signIn(page, demo);
    const ask = async (status) => {
      await control(demo, "POST", `numbers/${SECOND}`, { status });
      await card(page, SECOND).getByRole("button", { name: "Verify" }).click();
    };
    const notices = page.getByRole("region", { name: "What needs attention" });
    for (const [status, words, act] of [
      ["PENDING", "not registered yet", "Reconnect"],
      ["RESTRICTED", "restricts what", "Verify"],
      ["FLAGGED", "its quality is low", undefined],
    ]) {
      await ask(status);
      const banner = notices.getByRole("group").filter({ hasText: words });
      await banner.waitFor();
      assert.deepEqual(await banner.getByRole("button").allInnerTexts(), act ? [act] : [], status);
      assert.equal(/[Cc]lick (Reconnect|Register with PIN|Verify)/.exec(await banner.innerText())?.[1], act, status);
      assert.equal(await page.getByText(words).count(), 1, `${status} is told twice`);
    }
    await ask("CONNECTED");
    await notices.getByText("its quality is low").waitFor({ state: "detached" });
  },

  async "a number that could not be registered is registered from its warning"({ page, demo }) {
    await signIn(page, demo);
    await nextDialog(demo, { outcome: "approve", phoneNumbers: [WITH_PIN.id] });
    await connectInPopup(page);
    await page.getByText("needs registration").waitFor();
    await page.getByRole("button", { name: "Show the connections" }).click();
    const banner = page.getByRole("region", { name: "What needs attention" }).getByRole("group").filter({ hasText: "not registered" });
    await banner.getByRole("button", { name: "Register with PIN" }).click();
    const dialog = page.getByRole("dialog");
    // No PIN of ours was accepted, so none is stored.
    await dialog.getByRole("button", { name: "Register with the stored PIN" }).click();
    await dialog.getByText("Enter the number's six-digit two-step verification PIN.").waitFor();
    await dialog.locator('input:not([type="hidden"])').first().click();
    await page.keyboard.type(WITH_PIN.pin);
    await dialog.getByRole("button", { name: "Register with this PIN" }).click();
    await page.getByText(/is registered\.$/).waitFor();
    await banner.waitFor({ state: "detached" });
    await expectState(page, WITH_PIN.id, "connected");
  },

  async "a popup that is closed can be opened again"({ page, demo }) {
    await signIn(page, demo);
    await nextDialog(demo, { outcome: "approve", phoneNumbers: [READY] });
    await openPanel(page);
    let opening = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Continue in a new window" }).click();
    let popup = await opening;
    await popup.getByRole("button", { name: "Continue", exact: true }).waitFor();
    await popup.close();
    await page.getByText("Meta's window seems to be closed").waitFor();
    opening = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Open it again" }).click();
    popup = await opening;
    await popup.getByRole("button", { name: "Continue", exact: true }).click();
    await page.locator('[data-session-status="completed"]').waitFor();
  },

  async "an invited viewer sees everything and can break nothing"({ page, demo, browser }) {
    await signIn(page, demo);
    await page.goto(`${demo.server}/team`);
    await page.getByRole("button", { name: "Invite somebody" }).click();
    await page.getByRole("dialog").getByLabel("Email").fill("viewer@acme.example");
    await page.getByRole("dialog").getByRole("combobox", { name: "Role" }).click();
    await page.getByRole("option", { name: /^Viewer/ }).click();
    await page.getByRole("button", { name: "Create invitation link" }).click();
    const link = await page.getByRole("dialog").getByLabel("Link").inputValue();

    const other = await browser.newContext();
    try {
      const theirs = await other.newPage();
      await theirs.goto(link);
      await theirs.getByLabel("Your name").fill("Vera Viewer");
      await theirs.getByLabel("Password", { exact: true }).fill("a password of some words");
      await theirs.getByRole("button", { name: /^Join/ }).click();
      // Their day begins at the conversations.
      await theirs.getByRole("heading", { name: "Inbox", level: 1 }).waitFor();
      await theirs.goto(`${demo.server}/connections`);
      await card(theirs, READY).waitFor();
      assert.ok(!theirs.url().includes("#"), "the token stays in the address");
      for (const name of ["Connect WhatsApp", "Verify", "Reconnect", "Disconnect"]) {
        assert.equal(await theirs.getByRole("button", { name }).count(), 0, `a viewer is offered ${name}`);
      }
      await theirs.goto(`${demo.server}/audit`);
      await theirs.getByRole("heading", { name: "Only admins see the audit log" }).waitFor();
      assert.equal(await theirs.getByRole("button", { name: "Try again" }).count(), 0, "what is refused for good is offered again");
      await theirs.getByRole("link", { name: "Go back to the start" }).click();
      await theirs.getByRole("heading", { name: "Inbox", level: 1 }).waitFor();
      await theirs.goto(`${demo.server}/webhooks/platform`);
      await theirs.getByRole("heading", { name: "This page is for the platform's operators" }).waitFor();
      assert.equal(await theirs.getByRole("button", { name: "Try again" }).count(), 0, "what is refused for good is offered again");
      await theirs.goto(`${demo.server}/`);
      await theirs.waitForURL(`${demo.server}/inbox`);
    } finally {
      await other.close();
    }
  },

  async "the audit log tells what happened, and is intact"({ page, demo, shoot }) {
    await signIn(page, demo);
    await page.goto(`${demo.server}/audit`);
    await page.getByText("connect.started").first().waitFor();
    await page.getByRole("button", { name: "Verify integrity" }).click();
    await page.getByText(/^Intact: \d/).waitFor();
    await shoot("5-audit");
  },

  async "the keyboard reaches pages and shows its keys"({ page, demo }) {
    await signIn(page, demo);
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("Go to Audit log").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
  },

  async "a session that ended is taken up again where one was"({ page, demo, context }) {
    await signIn(page, demo);
    await page.goto(`${demo.server}/settings`);
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Acme Coffee Roasters");
    await context.clearCookies();
    await page.getByRole("button", { name: "Save the name" }).click();
    await page.getByRole("dialog").getByText("Your session has ended").waitFor();
    await page.getByRole("dialog").getByLabel("Password", { exact: true }).fill(demo.password);
    await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const typed = page.getByRole("textbox", { name: "Name", exact: true });
    assert.equal(await typed.inputValue(), "Acme Coffee Roasters", "what was typed is lost");
  },

  async "signing out ends the session"({ page, demo }) {
    await signIn(page, demo);
    await giveUpAll(page);
    await page.getByRole("button", { name: /account menu$/ }).first().click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto(`${demo.server}/connections`);
    await page.waitForURL(/\/sign-in/);
  },
};
