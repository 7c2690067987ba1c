// The Kapso SDK.
import { WhatsAppClient } from '@kapso/whatsapp-cloud-api';
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server';
import { APP, BASE, CUSTOMER, NUMBER, PNG, WABA, assert, callback, control, newToken, report, versionOf } from './areas.js';

const client = new WhatsAppClient({ accessToken: await newToken(), baseUrl: BASE, graphVersion: 'v24.0' });
const to = { phoneNumberId: NUMBER, to: CUSTOMER };
const heard = await callback();
const written = await control(`phones/${CUSTOMER}/messages`, { to: NUMBER, type: 'text', text: 'Hello' });

await report(`@kapso/whatsapp-cloud-api ${versionOf('@kapso/whatsapp-cloud-api')}`, {
  sending: async () => {
    const sent = await client.messages.sendText({ ...to, body: 'Hello' });
    assert(sent.messages[0].id.startsWith('wamid.'), 'no message id');
    await client.messages.sendTemplate({ ...to, template: { name: 'hello_world', language: { code: 'en_US' } } });
    await client.messages.sendInteractiveButtons({ ...to, bodyText: 'Which?', buttons: [{ id: 'a', title: 'A' }] });
    await client.messages.sendLocation({ ...to, location: { latitude: 52.5, longitude: 13.4, name: 'Here' } });
    await client.messages.sendReaction({ ...to, reaction: { messageId: written.id, emoji: '👍' } });
    await client.messages.markRead({ phoneNumberId: NUMBER, messageId: written.id, typingIndicator: { type: 'text' } });
  },
  media: async () => {
    const file = new Blob([PNG], { type: 'image/png' });
    const { id } = await client.media.upload({ phoneNumberId: NUMBER, type: 'image/png', file, fileName: 'a.png' });
    assert((await client.media.get({ mediaId: id })).mimeType === 'image/png', 'another type');
    const bytes = Buffer.from(await client.media.download({ mediaId: id, auth: 'always' }));
    assert(bytes.equals(PNG), 'other bytes');
    await client.messages.sendImage({ ...to, image: { id, caption: 'A picture' } });
    await client.media.delete({ mediaId: id });
  },
  profile: async () => {
    const { businessProfile } = client.phoneNumbers;
    await businessProfile.update({ phoneNumberId: NUMBER, about: 'Open on Sundays', email: 'desk@example.com' });
    const { data } = await businessProfile.get({ phoneNumberId: NUMBER, fields: 'about,email' });
    assert(data[0].about === 'Open on Sundays', `about is ${data[0].about}`);
  },
  settings: async () => {
    const { settings } = client.phoneNumbers;
    await settings.update({ phoneNumberId: NUMBER, calling: { status: 'ENABLED' } });
    const { calling } = await settings.get({ phoneNumberId: NUMBER });
    assert(calling.status === 'ENABLED', `calling is ${JSON.stringify(calling)}`);
  },
  webhooks: async () => {
    await control('webhooks/subscription', { callbackUrl: heard.url });
    await client.request('POST', `${WABA}/subscribed_apps`, { responseType: 'json' });
    await control(`phones/${CUSTOMER}/messages`, { to: NUMBER, type: 'text', text: 'Are you open?' });
    const { headers, raw } = await heard.next(({ raw }) => raw.includes('Are you open?'));
    const signatureHeader = headers['x-hub-signature-256'];
    assert(verifySignature({ appSecret: APP.secret, rawBody: raw, signatureHeader }), 'wrong signature');
    const { messages } = normalizeWebhook(JSON.parse(raw));
    assert(messages[0].text.body === 'Are you open?', 'another text');
  },
});
heard.close();
