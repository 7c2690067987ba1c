/** The content of a message, as the server serialises it. A newer server may send more. */
import type { components } from "./schema";

/** Meta's error in an unsupported message. */
export interface MetaFault {
  code: number;
  title?: string;
  message?: string;
  details?: string;
  explanation?: components["schemas"]["Explanation"];
}

export interface MediaContent {
  mimeType?: string;
  caption?: string;
  filename?: string;
  voice?: boolean;
  animated?: boolean;
}

export interface Labelled {
  value: string;
  label?: string;
  waId?: string;
}

export interface ContactCard {
  name?: { formattedName?: string; firstName?: string; lastName?: string };
  phones?: Labelled[];
  emails?: Labelled[];
  urls?: Labelled[];
  addresses?: { street?: string; city?: string; state?: string; zip?: string; country?: string; label?: string }[];
  company?: string;
  department?: string;
  title?: string;
  birthday?: string;
}

export interface OrderItem {
  productRetailerId: string;
  quantity: number;
  itemPrice?: number;
  currency?: string;
}

export type MediaKind = "image" | "video" | "audio" | "document" | "sticker";

export type Content =
  | { type: "text"; body: string }
  | ({ type: MediaKind } & MediaContent)
  | { type: "media_placeholder" }
  | { type: "location"; latitude: number; longitude: number; name?: string; address?: string; url?: string }
  | { type: "contacts"; contacts: ContactCard[]; origin?: string }
  | { type: "reaction"; messageId: string; emoji?: string }
  | { type: "button"; text: string; payload?: string }
  | { type: "button_reply"; id: string; title: string }
  | { type: "list_reply"; id: string; title: string; description?: string }
  | { type: "form_reply"; name?: string; body?: string; response: unknown }
  | { type: "call_permission_reply"; response: string; source?: string; expiresAt?: string; isPermanent?: boolean }
  | { type: "order"; catalogId?: string; text?: string; items: OrderItem[] }
  | { type: "system"; kind: string; body?: string; now?: { phone?: string; userId?: string } }
  | { type: "request_welcome" }
  | { type: "edit"; originalMessageId: string; content?: unknown }
  | { type: "revoke"; originalMessageId: string }
  | { type: "call"; callId: string; byCustomer: boolean; event: string; status?: string; duration?: number }
  | { type: "template"; name: string; language?: string; components?: unknown }
  | { type: "interactive"; kind: string; header?: string; body?: string; footer?: string; buttons?: string[]; options?: string[] }
  | { type: "pin"; messageId: string; pinned?: boolean }
  | { type: "unsupported"; kind?: string; errors?: MetaFault[]; raw: unknown };

/** The fields without which a type cannot be drawn. */
const NEEDS: Record<Content["type"], string[]> = {
  text: ["body"],
  image: [],
  video: [],
  audio: [],
  document: [],
  sticker: [],
  media_placeholder: [],
  location: ["latitude", "longitude"],
  contacts: ["contacts"],
  reaction: ["messageId"],
  button: ["text"],
  button_reply: ["title"],
  list_reply: ["title"],
  form_reply: ["response"],
  call_permission_reply: ["response"],
  order: ["items"],
  system: ["kind"],
  request_welcome: [],
  edit: ["originalMessageId"],
  revoke: ["originalMessageId"],
  call: ["event"],
  template: ["name"],
  interactive: ["kind"],
  pin: ["messageId"],
  unsupported: [],
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function words(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Returns the values of a template's variables, in order. A value that is no text is named by its kind. */
export function templateValues(components: unknown): string[] {
  return list(components).flatMap((part) => list(part.parameters).map((each) => words(each.text) ?? words(each.payload) ?? `(${words(each.type) ?? "value"})`));
}

/** Reads a message's content. An unknown type or shape becomes `unsupported` and is kept whole. */
export function readContent(value: unknown): Content {
  const kind = isRecord(value) && typeof value.type === "string" ? value.type : undefined;
  if (isRecord(value) && kind !== undefined && Object.hasOwn(NEEDS, kind)) {
    const needs = NEEDS[kind as Content["type"]];
    // Drops nulls, so that optional fields need one check only.
    const present = Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
    if (needs.every((field) => present[field] !== undefined)) return present as unknown as Content;
  }
  return { type: "unsupported", raw: value, ...(kind !== undefined && { kind }) };
}

const MEDIA: readonly string[] = ["image", "video", "audio", "document", "sticker"] satisfies MediaKind[];

export function isMedia(content: Content): content is { type: MediaKind } & MediaContent {
  return MEDIA.includes(content.type);
}
