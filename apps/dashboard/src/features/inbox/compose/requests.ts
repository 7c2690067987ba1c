import type { Uploaded, SendRequest } from "../../../api/send";
import type { Conversation } from "../../../api/types";
import type { Outgoing } from "./outbox";

/** Meta's limits, in characters. The server checks them too. */
export const LIMITS = {
  text: 4096,
  caption: 1024,
  body: 1024,
  headFoot: 60,
  button: 20,
  rowTitle: 24,
  rowDetail: 72,
  buttons: 3,
  rows: 10,
} as const;

/** Counts characters as people do. */
export const length = (text: string) => Array.from(text).length;

/** A message to send, with the content that the thread shows until the server answers. */
export interface Composed {
  part: { type: string; [part: string]: unknown };
  content: unknown;
}

export function text(body: string): Composed {
  const link = /\bhttps?:\/\/\S/iu.test(body);
  return { part: { type: "text", text: { body, ...(link && { preview_url: true }) } }, content: { type: "text", body } };
}

export function reaction(metaMessageId: string, emoji: string): Composed {
  return {
    part: { type: "reaction", reaction: { message_id: metaMessageId, emoji } },
    content: { type: "reaction", messageId: metaMessageId, ...(emoji && { emoji }) },
  };
}

/** Says whether a kind of file takes a caption. */
export const takesCaption = (kind: string) => kind === "image" || kind === "video" || kind === "document";

export function file(uploaded: Uploaded, more: { caption?: string; voice?: boolean } = {}): Composed {
  const { id, kind, filename, mimeType } = uploaded;
  const caption = takesCaption(kind) && more.caption ? { caption: more.caption } : {};
  const name = kind === "document" && filename ? { filename } : {};
  const voice = kind === "audio" && more.voice ? { voice: true } : {};
  return {
    part: { type: kind, [kind]: { id, ...caption, ...name, ...voice } },
    content: { type: kind, mimeType, voice: more.voice ?? false, animated: false, ...(filename && { filename }), ...caption },
  };
}

export interface Place {
  latitude: number;
  longitude: number;
  name: string;
  address: string;
}

/** Reads a place: "38.72, -9.14", or the address of a map. */
export function readPlace(words: string): { latitude: number; longitude: number } | undefined {
  const number = "(-?\\d{1,3}(?:\\.\\d+)?)";
  const shapes = [`mlat=${number}&mlon=${number}`, `@${number},${number}`, `!3d${number}!4d${number}`, `[?&](?:q|ll|query)=${number}(?:,|%2C)${number}`, `^\\s*${number}\\s*[,; ]\\s*${number}\\s*$`];
  for (const shape of shapes) {
    const found = new RegExp(shape, "u").exec(words);
    if (!found) continue;
    const latitude = Number(found[1]);
    const longitude = Number(found[2]);
    if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return { latitude, longitude };
  }
  return undefined;
}

export function location({ latitude, longitude, name, address }: Place): Composed {
  const place = { latitude, longitude, ...(name && { name }), ...(address && { address }) };
  return { part: { type: "location", location: place }, content: { type: "location", ...place } };
}

export interface Card {
  name: string;
  phone: string;
  email: string;
  company: string;
}

export function contactCard({ name, phone, email, company }: Card): Composed {
  const [first = name, ...rest] = name.split(/\s+/u);
  const last = rest.join(" ");
  const waId = phone.replaceAll(/\D/g, "");
  const card = {
    name: { formatted_name: name, first_name: first, ...(last && { last_name: last }) },
    ...(phone && { phones: [{ phone, type: "CELL", ...(phone.startsWith("+") && { wa_id: waId }) }] }),
    ...(email && { emails: [{ email, type: "WORK" }] }),
    ...(company && { org: { company } }),
  };
  const shown = {
    name: { formattedName: name },
    ...(phone && { phones: [{ value: phone, label: "CELL" }] }),
    ...(email && { emails: [{ value: email, label: "WORK" }] }),
    ...(company && { company }),
  };
  return { part: { type: "contacts", contacts: [card] }, content: { type: "contacts", contacts: [shown] } };
}

export interface Choice {
  title: string;
  description: string;
}

export interface InteractiveForm {
  kind: "button" | "list" | "cta_url";
  header: string;
  body: string;
  footer: string;
  buttons: string[];
  /** The words of the button that opens the list. */
  open: string;
  rows: Choice[];
  linkText: string;
  url: string;
}

function actionOf(form: InteractiveForm): object {
  switch (form.kind) {
    case "button":
      return { buttons: form.buttons.map((title, at) => ({ type: "reply", reply: { id: `choice-${at + 1}`, title } })) };
    case "list":
      return {
        button: form.open,
        sections: [{ rows: form.rows.map(({ title, description }, at) => ({ id: `row-${at + 1}`, title, ...(description && { description }) })) }],
      };
    case "cta_url":
      return { name: "cta_url", parameters: { display_text: form.linkText, url: form.url } };
  }
}

export function interactive(form: InteractiveForm): Composed {
  const object = {
    type: form.kind,
    ...(form.header && { header: { type: "text", text: form.header } }),
    body: { text: form.body },
    ...(form.footer && { footer: { text: form.footer } }),
    action: actionOf(form),
  };
  const { kind, header, body, footer } = form;
  const shown = {
    button: { buttons: form.buttons },
    list: { buttons: [form.open], options: form.rows.map((each) => each.title) },
    cta_url: { buttons: [form.linkText] },
  }[kind];
  return {
    part: { type: "interactive", interactive: object },
    content: { type: "interactive", kind, body, ...(header && { header }), ...(footer && { footer }), ...shown },
  };
}

export interface TemplateForm {
  name: string;
  language: string;
  /** The values of the body's variables, with their names where the template names them. */
  header: string;
  parameters: { name: string; text: string }[];
}

export function template({ name, language, header, parameters }: TemplateForm): Composed {
  const components = [
    ...(header ? [{ type: "header", parameters: [{ type: "text", text: header }] }] : []),
    ...(parameters.length > 0
      ? [{ type: "body", parameters: parameters.map((each) => ({ type: "text", ...(each.name && { parameter_name: each.name }), text: each.text })) }]
      : []),
  ];
  const object = { name, language: { code: language }, ...(components.length > 0 && { components }) };
  return { part: { type: "template", template: object }, content: { type: "template", name, language, components } };
}

/** Returns the recipient of a conversation's messages, or undefined where nobody is left to write to. */
export function addressOf({ contact, groupId, userId, isPhoneStale }: Conversation): Pick<SendRequest, "to" | "recipient" | "recipient_type"> | undefined {
  if (groupId) return { to: groupId, recipient_type: "group" };
  // The person wrote under an id without a phone, or lost the number, which may be another person's by now.
  const id = userId ?? contact?.userId;
  if (id && isPhoneStale) return { recipient: id };
  // Without the plus sign Meta would put the sender's own country before it.
  if (contact?.phone) return { to: `+${contact.phone.replace(/^\+/, "")}` };
  if (contact && id) return { recipient: id };
  return undefined;
}

export interface Extras {
  replyTo?: string | undefined;
  ignoreWindow?: boolean | undefined;
}

/** Prepares a message of a conversation for the outbox. A person waits for it, so it goes before bulk. */
export function outgoing(conversation: Conversation, { part, content }: Composed, key: string, at: string, extras: Extras = {}): Omit<Outgoing, "state"> | undefined {
  const address = addressOf(conversation);
  if (!address) return undefined;
  return {
    key,
    conversationId: conversation.id,
    content,
    at,
    request: {
      ...address,
      ...part,
      ...(extras.replyTo && { context: { message_id: extras.replyTo } }),
      accountId: conversation.accountId,
      priority: "high",
      clientReference: key,
      ...(extras.ignoreWindow && { ignoreWindow: true as const }),
    },
  };
}
