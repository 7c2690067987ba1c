// Starts a sandbox for a test: on a free port, with a folder of its own, and stopped with the test's process.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findBinary } from './binary.js';

/** The app of the built-in seed, and its registered number. */
export const SEED = Object.freeze({
  appId: '880000000000001',
  appSecret: 'sandbox-app-secret',
  verifyToken: 'sandbox-verify-token',
  phoneNumberId: '530000000000004',
  wabaId: '420000000000002',
});

/** A call of the control API that was refused. */
export class SandboxError extends Error {
  constructor(status, message) {
    super(message);
    this.name = 'SandboxError';
    this.status = status;
  }
}

/** Starts a sandbox, and waits until it answers. */
export async function startSandbox(options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'wabakit-sandbox-'));
  try {
    const child = spawn(options.binary ?? findBinary(), await argumentsOf(options, folder), {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment(),
    });
    return await ready(child, folder, options.timeoutMs ?? 10_000);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function argumentsOf(options, folder) {
  const args = ['--port', String(options.port ?? 0), '--data', join(folder, 'state'), '--until-stdin-ends'];
  args.push('--log', options.log ?? 'warn');
  if (options.seed) {
    const path = join(folder, 'seed.json');
    await writeFile(path, JSON.stringify(options.seed));
    args.push('--seed', path);
  }
  if (options.app) args.push('--app-id', options.app.id, '--app-secret', options.app.secret);
  if (options.app?.callbackUrl) args.push('--callback-url', options.app.callbackUrl);
  if (options.app?.verifyToken) args.push('--verify-token', options.app.verifyToken);
  if (options.scenarios) args.push('--scenarios', options.scenarios);
  if (options.har) args.push('--har');
  return args;
}

/** Returns the environment without the settings of another sandbox. */
function environment() {
  const isSetting = (name) => name.startsWith('SANDBOX_') || name.startsWith('META_APP_') || name === 'WHATSAPP_VERIFY_TOKEN';
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name)));
}

function ready(child, folder, timeoutMs) {
  const ended = new Promise((done) => {
    child.once('exit', (code, signal) => done(signal ?? code));
    child.once('error', (error) => done(error.message));
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors = (errors + text).slice(-4_000);
  });
  child.stdin.on('error', () => {});
  return new Promise((resolve, reject) => {
    const fail = (reason) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`${reason}\n${errors}`.trim()));
    };
    const timer = setTimeout(fail, timeoutMs, `wabakit-sandbox did not start within ${timeoutMs} ms`);
    ended.then((how) => fail(`wabakit-sandbox ended while it started (${how})`));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const address = /listens on (http:\/\/\S+)/.exec(line)?.[1];
      if (!address) return;
      clearTimeout(timer);
      resolve(new Sandbox(address, child, ended, folder));
    });
  });
}

/** A running sandbox. */
export class Sandbox {
  #child;
  #ended;
  #folder;

  constructor(baseUrl, child, ended, folder) {
    /** `http://127.0.0.1:<port>`: in place of `https://graph.facebook.com`. */
    this.baseUrl = baseUrl;
    this.#child = child;
    this.#ended = ended;
    this.#folder = folder;
  }

  /** Calls the control API: `path` is below `/_sandbox/`. Returns its JSON. */
  async control(method, path, body) {
    const answer = await fetch(`${this.baseUrl}/_sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const json = await answer.json();
    if (!answer.ok) throw new SandboxError(answer.status, json.error ?? answer.statusText);
    return json;
  }

  /** Issues an access token that does not expire. */
  async token(order = {}) {
    return (await this.control('POST', 'tokens', { expiresIn: 0, ...order })).accessToken;
  }

  /** Sends the webhooks of an app (the first one) and of a WABA to a callback. */
  async subscribe(callbackUrl, { appId, verifyToken, wabaId = SEED.wabaId } = {}) {
    await this.control('POST', 'webhooks/subscription', { callbackUrl, appId, verifyToken });
    const answer = await fetch(`${this.baseUrl}/v25.0/${wabaId}/subscribed_apps`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await this.token({ appId })}` },
    });
    if (!answer.ok) throw new SandboxError(answer.status, (await answer.json()).error.message);
  }

  /** Writes a customer's message, a text unless it says another type. */
  write(customer, message) {
    const order = typeof message === 'string' ? { type: 'text', text: message } : message;
    return this.control('POST', `phones/${customer}/messages`, { to: SEED.phoneNumberId, ...order });
  }

  /** Plays a scenario to its end. */
  play(name, parameters = {}) {
    return this.control('POST', `scenarios/${name}/play`, { with: parameters });
  }

  /** Waits until no webhook is on its way or due. */
  async settle(timeoutMs = 10_000) {
    const { settled } = await this.control('POST', 'webhooks/settle', { timeoutMs });
    if (!settled) throw new Error(`webhooks still wait after ${timeoutMs} ms`);
  }

  /** Returns the accepted messages, oldest first. */
  async sent() {
    return (await this.control('GET', 'ledger/messages')).data;
  }

  /** Returns the Graph calls, oldest first. */
  async calls() {
    return (await this.control('GET', 'ledger')).data;
  }

  /** Returns the recorded calls as a HAR. Start with `har: true`. */
  har() {
    return this.control('GET', 'har');
  }

  /** Returns to the seed. */
  async reset() {
    await this.control('POST', 'reset');
  }

  /** Stops the sandbox and removes its folder. */
  async stop() {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await this.#ended;
    clearTimeout(timer);
    await rm(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    return this.stop();
  }
}
