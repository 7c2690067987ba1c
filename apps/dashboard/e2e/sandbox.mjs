// The sandbox's own pages, and its recording, as somebody uses them who has only the sandbox.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import Ajv from "ajv";
import { control } from "./actions.mjs";
import { faults, none } from "./look.mjs";

const require = createRequire(import.meta.url);
const NUMBER = "530000000000004";
// Nobody else asks for this version, so these calls are told from those of the server.
const VERSION = "v23.0";

/** Opens the home page, and returns the row of a scenario. */
async function scenario(page, demo, name) {
  await page.goto(`${demo.sandbox}/`);
  return page.locator("tr", { has: page.locator(`button[value="${name}"]`) });
}

/** Makes a call to Meta's side of the sandbox. */
const graph = (demo, token, route, options = {}) =>
  fetch(`${demo.sandbox}/${VERSION}/${route}`, { ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } });

/** Records calls of several kinds, and returns the recording with the token that they used. */
async function recorded(demo) {
  const { accessToken: token } = await control(demo, "POST", "tokens", { expiresIn: 0 });
  await control(demo, "DELETE", "har");
  await control(demo, "POST", "har", { recording: true });
  const form = new FormData();
  form.append("messaging_product", "whatsapp");
  form.append("file", new Blob(["tea"], { type: "text/plain" }), "tea.txt");
  const json = { "content-type": "application/json" };
  await graph(demo, token, `${NUMBER}?fields=id,display_phone_number`);
  await graph(demo, token, `${NUMBER}/whatsapp_business_profile`, { method: "POST", headers: json, body: '{"messaging_product":"whatsapp","about":"Café"}' });
  await graph(demo, token, `${NUMBER}/media`, { method: "POST", body: form });
  await graph(demo, token, "1", { method: "DELETE" });
  await control(demo, "POST", "faults", { match: { method: "GET", path: "*me/businesses" }, when: { next: 1 }, then: { reset: "before" } });
  await graph(demo, token, "me/businesses").catch(() => undefined);
  await control(demo, "POST", "har", { recording: false });
  return { har: await control(demo, "GET", "har"), token };
}

/** Lists where a recording is not of the form HAR 1.2. */
function breaches(har) {
  const ajv = new Ajv({ allErrors: true });
  ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-06.json"));
  ajv.addSchema(Object.values(require("har-schema")));
  const isValid = ajv.validate("har.json#", har);
  return isValid ? [] : ajv.errors.map((each) => `${each.dataPath} ${each.message}`);
}

export const sandbox = {
  async "the sandbox's home page plays a scenario by its button and says how it ended"({ page, demo }) {
    const row = await scenario(page, demo, "customer-writes");
    await row.getByRole("button", { name: "Play customer-writes" }).click();
    await row.getByRole("status").getByText("2 steps played").waitFor();
    assert.equal(await row.getByRole("button").isEnabled(), true);

    // What stops a scenario is told in its own row, and the others can still be played.
    await page.route("**/_sandbox/scenarios/conversation/play", (route) => route.fulfill({ status: 409, json: { error: "step 2: no such number" } }));
    const other = await scenario(page, demo, "conversation");
    await other.getByRole("button").click();
    await other.getByRole("status").getByText("step 2: no such number").waitFor();
    await page.unroute("**/_sandbox/scenarios/conversation/play");
    const again = await scenario(page, demo, "customer-writes");
    await page.route("**/_sandbox/scenarios/*/play", (route) => route.abort());
    await again.getByRole("button").click();
    await again.getByRole("status").getByText("The sandbox does not answer").waitFor();
  },

  async "the sandbox's home page has no fault at any width, light or dark"({ page, demo }) {
    const row = await scenario(page, demo, "customer-writes");
    const name = "the sandbox's home page";
    none(await faults(page, name.replaceAll(/\W+/g, "-"), { tabs: true, fullPage: true }));
    await row.getByRole("button").focus();
    await page.keyboard.press("Enter");
    await row.getByRole("status").getByText("2 steps played").waitFor();
    none(await faults(page, "the-sandbox-s-home-page-after-a-play", { fullPage: true }));
  },

  async "a recording of the sandbox is a HAR 1.2 without a secret, and a browser answers from it"({ page, demo }) {
    const { har, token } = await recorded(demo);
    assert.deepEqual(breaches(har), []);
    const ours = har.log.entries.filter(({ request }) => request.url.includes(`/${VERSION}/`));
    assert.deepEqual(ours.map(({ response }) => response.status), [200, 200, 200, 400, 0]);
    assert.ok(!JSON.stringify(har).includes(token), "the token is in the recording");
    for (const spoil of [(entry) => delete entry.request.cookies, (entry) => (entry.response.status = "200"), (entry) => (entry.startedDateTime = "today")]) {
      const spoilt = structuredClone(har);
      spoil(spoilt.log.entries[0]);
      assert.notDeepEqual(breaches(spoilt), [], `a HAR is taken after ${spoil}`);
    }

    // Playwright opens the file, and answers each recorded call from it. The text shows that the sandbox did not.
    const [read, , , refused] = ours;
    read.response.content.text = '{"id":"from the file"}';
    const file = path.join(tmpdir(), `wabakit-${process.pid}.har`);
    await writeFile(file, JSON.stringify(har));
    try {
      await page.routeFromHAR(file, { url: `**/${VERSION}/**`, notFound: "abort" });
      await page.goto(`${demo.sandbox}/phone`);
      for (const { request, response } of [read, refused]) {
        const told = await page.evaluate(
          async ([url, method]) => {
            const answer = await fetch(url, { method });
            return { status: answer.status, text: await answer.text() };
          },
          [request.url, request.method],
        );
        assert.deepEqual(told, { status: response.status, text: response.content.text }, request.url);
      }
    } finally {
      await rm(file, { force: true });
    }
  },
};
