// Plain HTTP calls, as an HTTP node of n8n or a script makes them, and an Express app that receives.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import express from 'express';
import { APP, BASE, CUSTOMER, NUMBER, PNG, WABA, assert, control, newToken, report, versionOf } from './areas.js';

const headers = { authorization: `Bearer ${await newToken()}` };
const call = async (method, path, body) => {
  const isForm = body instanceof FormData;
  const json = body && !isForm ? { 'content-type': 'application/json' } : {};
  const answer = await fetch(path.startsWith('http') ? path : `${BASE}/v24.0/${path}`, {
    method,
    headers: { ...headers, ...json },
    body: isForm ? body : body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error((await answer.json()).error.message);
  return answer.headers.get('content-type').includes('json') ? answer.json() : answer.arrayBuffer();
};
const send = (content) => call('POST', `${NUMBER}/messages`, { messaging_product: 'whatsapp', to: CUSTOMER, ...content });
await control(`phones/${CUSTOMER}/messages`, { to: NUMBER, type: 'text', text: 'Hello' });

/** An app as the tutorials write it. Returns its address and what it heard. */
async function expressApp() {
  const app = express();
  const texts = [];
  let wake = () => {};
  app.get('/webhook', (request, response) => {
    const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = request.query;
    if (mode === 'subscribe' && token === 'my-verify-token') response.send(challenge);
    else response.sendStatus(403);
  });
  app.post('/webhook', express.raw({ type: 'application/json' }), (request, response) => {
    const wanted = Buffer.from(`sha256=${createHmac('sha256', APP.secret).update(request.body).digest('hex')}`);
    const given = Buffer.from(request.get('x-hub-signature-256') ?? '');
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return response.sendStatus(401);
    response.sendStatus(200);
    for (const entry of JSON.parse(request.body).entry) {
      for (const { value } of entry.changes) texts.push(...(value.messages ?? []).map((message) => message.text?.body));
    }
    wake();
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const next = async (text) => {
    const late = setTimeout(() => wake(new Error('no such webhook came in 10 seconds')), 10_000);
    try {
      while (!texts.includes(text)) {
        const error = await new Promise((done) => (wake = done));
        if (error) throw error;
      }
    } finally {
      clearTimeout(late);
    }
  };
  return { url: `http://127.0.0.1:${server.address().port}/webhook`, next, close: () => server.close() };
}

await report(`HTTP calls, express ${versionOf('express')}`, {
  sending: async () => {
    assert((await send({ type: 'text', text: { body: 'Hello' } })).messages[0].id, 'no message id');
    await send({ type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } });
  },
  media: async () => {
    const form = new FormData();
    form.append('messaging_product', 'whatsapp');
    form.append('type', 'image/png');
    form.append('file', new Blob([PNG], { type: 'image/png' }), 'a.png');
    const { id } = await call('POST', `${NUMBER}/media`, form);
    const { url } = await call('GET', id);
    assert(Buffer.from(await call('GET', url)).equals(PNG), 'other bytes');
    await send({ type: 'image', image: { id } });
    await call('DELETE', id);
  },
  profile: async () => {
    await call('POST', `${NUMBER}/whatsapp_business_profile`, { messaging_product: 'whatsapp', about: 'Open on Sundays' });
    const { data } = await call('GET', `${NUMBER}/whatsapp_business_profile?fields=about`);
    assert(data[0].about === 'Open on Sundays', `about is ${data[0].about}`);
  },
  settings: async () => {
    await call('POST', `${NUMBER}/settings`, { calling: { status: 'ENABLED' } });
    const { calling } = await call('GET', `${NUMBER}/settings`);
    assert(calling.status === 'ENABLED', `calling is ${JSON.stringify(calling)}`);
  },
  webhooks: async () => {
    const app = await expressApp();
    const query = new URLSearchParams({
      object: 'whatsapp_business_account',
      callback_url: app.url,
      verify_token: 'my-verify-token',
      fields: 'messages',
      access_token: `${APP.id}|${APP.secret}`,
    });
    await call('POST', `${APP.id}/subscriptions?${query}`);
    await call('POST', `${WABA}/subscribed_apps`);
    await control(`phones/${CUSTOMER}/messages`, { to: NUMBER, type: 'text', text: 'Are you open?' });
    await app.next('Are you open?');
    app.close();
  },
});
