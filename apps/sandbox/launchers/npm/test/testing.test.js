import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findBinary } from '../src/binary.js';
import { SEED, SandboxError, startSandbox } from '../src/testing.js';

const COMMAND = fileURLToPath(new URL('../bin/wabakit-sandbox.js', import.meta.url));
const CUSTOMER = '4915112345678';

/** Listens for webhooks. `next` waits for the next value of a field. */
async function callback() {
  const values = [];
  let wake = () => {};
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (text) => (body += text));
    request.on('end', () => {
      response.end();
      for (const entry of JSON.parse(body).entry) values.push(...entry.changes.map((change) => change.value));
      wake();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const next = async (field) => {
    for (;;) {
      const found = values.findIndex((value) => value[field]);
      if (found >= 0) return values.splice(found, 1)[0];
      await new Promise((done) => (wake = done));
    }
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, next, close: () => server.close() };
}

const send = async (sandbox, token, body) => {
  const answer = await fetch(`${sandbox.baseUrl}/v25.0/${SEED.phoneNumberId}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messaging_product: 'whatsapp', to: CUSTOMER, ...body }),
  });
  return [answer.status, await answer.json()];
};
const text = { type: 'text', text: { body: 'Hello' } };

test('a test starts a sandbox, writes, answers, and sees what came', async () => {
  const heard = await callback();
  const sandbox = await startSandbox({ har: true });
  try {
    await sandbox.subscribe(heard.url);
    await sandbox.write(CUSTOMER, 'Are you open?');
    const value = await heard.next('messages');
    assert.equal(value.messages[0].text.body, 'Are you open?');
    const [status, answer] = await send(sandbox, await sandbox.token(), text);
    assert.equal(status, 200);
    assert.equal((await heard.next('statuses')).statuses[0].id, answer.messages[0].id);
    await sandbox.settle();
    assert.deepEqual((await sandbox.sent()).map((it) => it.to), [CUSTOMER]);
    assert.ok((await sandbox.calls()).some((call) => call.path.endsWith('/messages')));
    const { entries } = (await sandbox.har()).log;
    assert.equal(entries.at(-1).response.status, 200);
    await sandbox.reset();
    assert.deepEqual(await sandbox.sent(), []);
  } finally {
    await sandbox.stop();
    heard.close();
  }
});

test('a scenario is played with parameters, and a refusal has its status', async () => {
  const sandbox = await startSandbox();
  try {
    const token = await sandbox.token();
    await sandbox.write(CUSTOMER, { type: 'text', text: 'Hi' });
    await sandbox.play('storm-130429', { calls: 1 });
    const [, refused] = await send(sandbox, token, text);
    assert.equal(refused.error.code, 130429);
    assert.equal((await send(sandbox, token, text))[0], 200);
    await assert.rejects(sandbox.play('nobody'), (error) => error instanceof SandboxError && error.status === 404);
  } finally {
    await sandbox.stop();
  }
});

test('a seed and an app of the test replace the built-in ones', async () => {
  const seed = { users: [{ name: 'Ada' }], businesses: [{ name: 'Ours', wabas: [{ name: 'Ours', phoneNumbers: [
    { displayPhoneNumber: '+1 555-010-0001', verifiedName: 'Ours', status: 'CONNECTED' },
  ] }] }] };
  const sandbox = await startSandbox({ seed, app: { id: '99', secret: 'a-secret', verifyToken: 'v' } });
  try {
    const state = await sandbox.control('GET', 'state');
    assert.deepEqual(state.businesses.map((business) => business.name), ['Ours']);
    assert.deepEqual((await sandbox.control('GET', 'apps')).data.map((app) => app.id), ['99']);
  } finally {
    await sandbox.stop();
  }
});

test('two sandboxes run beside each other, and a stop leaves no folder', async () => {
  const ours = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('wabakit-sandbox-'));
  const before = await ours();
  const both = await Promise.all([startSandbox(), startSandbox()]);
  assert.notEqual(both[0].baseUrl, both[1].baseUrl);
  const made = (await ours()).filter((name) => !before.includes(name));
  assert.ok(made.length >= 2);
  await Promise.all(both.map((sandbox) => sandbox.stop()));
  const folders = await ours();
  assert.ok(!made.slice(0, 2).every((name) => folders.includes(name)));
  await assert.rejects(fetch(both[0].baseUrl));
});

test('a start that fails says what the program said', async () => {
  await assert.rejects(startSandbox({ seed: { wrong: true } }), /not of the documented shape/);
  await assert.rejects(startSandbox({ binary: '/nowhere/wabakit-sandbox' }), /ENOENT/);
});

test('the sandbox ends with the process that started it', async () => {
  const module = new URL('../src/testing.js', import.meta.url);
  const script = `import { startSandbox } from ${JSON.stringify(String(module))};
    console.log((await startSandbox()).baseUrl); setInterval(() => {}, 1000);`;
  const runner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(runner.stdout, 'data');
  const address = String(line).trim();
  assert.equal((await fetch(`${address}/_sandbox/health`)).status, 200);
  runner.kill('SIGKILL');
  await once(runner, 'exit');
  const isGone = async () => fetch(`${address}/_sandbox/health`).then(() => false, () => true);
  while (!(await isGone())) await new Promise((done) => setImmediate(done));
});

test('the command passes arguments and the exit code on', () => {
  const run = (...args) => spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });
  assert.match(run('--version').stdout, /^wabakit-sandbox \d/);
  assert.notEqual(run('--no-such-option').status, 0);
});

test('the program is the named one, the carried one, or built from a checkout', async () => {
  const root = await mkdtemp(join(tmpdir(), 'launcher-'));
  try {
    const folder = join(root, 'a/b/c/npm');
    const vendor = join(folder, 'vendor', `${process.platform}-${process.arch}`);
    await mkdir(vendor, { recursive: true });
    assert.throws(() => findBinary({ env: {}, folder }), /WABAKIT_SANDBOX_BIN/);
    assert.throws(() => findBinary({ env: { WABAKIT_SANDBOX_BIN: join(root, 'none') }, folder }), /there is no file/);
    const carried = join(vendor, 'wabakit-sandbox');
    await writeFile(carried, '');
    await chmod(carried, 0o755);
    assert.equal(findBinary({ env: {}, folder }), carried);
    const named = join(root, 'named');
    await writeFile(named, '');
    assert.equal(findBinary({ env: { WABAKIT_SANDBOX_BIN: named }, folder }), named);
  } finally {
    await rm(root, { recursive: true });
  }
});
