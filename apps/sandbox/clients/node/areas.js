// What the programs of this folder share: the sandbox, a callback, and the report.
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';

export const BASE = process.env.SANDBOX_URL;
export const NUMBER = '530000000000004';
export const WABA = '420000000000002';
export const APP = { id: '880000000000001', secret: 'sandbox-app-secret' };
export const CUSTOMER = '4915112345678';
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Calls the control API. */
export async function control(path, body) {
  const options = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(`${BASE}/_sandbox/${path}`, options);
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error);
  return json;
}

export async function newToken() {
  return (await control('tokens', { expiresIn: 0 })).accessToken;
}

export function assert(condition, what) {
  if (!condition) throw new Error(what);
}

/** Returns the version of an installed package. */
export function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;
}

/** Runs the areas in order, and prints what came of each. */
export async function report(client, areas) {
  for (const [area, run] of Object.entries(areas)) {
    let outcome = 'ok';
    try {
      await run();
    } catch (error) {
      outcome = String(error.message ?? error).split('\n')[0].replaceAll('\t', ' ');
    }
    console.log([client, area, outcome].join('\t'));
  }
}

/** Listens for webhooks: `next(wanted)` waits for the first request that `wanted` accepts. */
export async function callback() {
  const received = [];
  let wake = () => {};
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      response.end();
      received.push({ headers: request.headers, raw: Buffer.concat(chunks) });
      wake();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const next = async (wanted) => {
    const late = setTimeout(() => wake(new Error('no such webhook came in 10 seconds')), 10_000);
    try {
      for (;;) {
        const found = received.find(wanted);
        if (found) return found;
        const error = await new Promise((done) => (wake = done));
        if (error) throw error;
      }
    } finally {
      clearTimeout(late);
    }
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, next, close: () => server.close() };
}
