import { isMedia, readContent, type Content, type MediaKind } from "../../api/content";
import type { Contact, Conversation, Message } from "../../api/types";

/** Country codes of one and two digits. All others have three. */
const SHORT_CODES = new Set(
  "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98".split(" "),
);

/** Formats a WhatsApp id of digits: "+49 170 123 4567". A number that is formatted already stays so. */
export function phoneWords(phone: string): string {
  const digits = phone.replace(/^\+/, "");
  if (!/^\d{7,15}$/.test(digits)) return phone;
  const size = [1, 2].find((length) => SHORT_CODES.has(digits.slice(0, length))) ?? 3;
  const code = digits.slice(0, size);
  const rest = digits.slice(size);
  // Groups of three from the left. The last takes the rest, so that no digit stands alone.
  const groups = rest.match(/\d{3}(?=\d{3})|\d+$/g) ?? [rest];
  return `+${code} ${groups.join(" ")}`;
}

/** Returns the best known name of a contact. */
export function contactName(contact: Contact | null | undefined): string {
  if (!contact) return "Unknown person";
  const named = contact.name ?? contact.profileName;
  if (named) return named;
  if (contact.username) return `@${contact.username}`;
  if (contact.phone) return phoneWords(contact.phone);
  return contact.shownName ?? "Unknown person";
}

export function conversationName(conversation: Conversation): string {
  if (conversation.contact) return contactName(conversation.contact);
  if (conversation.groupId) return conversation.group?.subject ?? "Group";
  return "Erased person";
}

const MEDIA_WORDS: Record<MediaKind, string> = {
  image: "Photo",
  video: "Video",
  audio: "Audio",
  document: "Document",
  sticker: "Sticker",
};

const KIND_WORDS: Record<string, string> = {
  ...MEDIA_WORDS,
  media_placeholder: "Media that is no longer to be had",
  location: "Location",
  contacts: "Contact card",
  reaction: "Reaction",
  button: "Button",
  button_reply: "Choice",
  list_reply: "Choice",
  form_reply: "Form",
  call_permission_reply: "Answer about calls",
  order: "Order",
  system: "Notice",
  request_welcome: "Opened the chat",
  call: "Call",
  template: "Template",
  interactive: "Interactive message",
  pin: "Pin",
  unsupported: "Message of a kind that is not shown yet",
};

/** Names a type of message. An unknown type is shown by its own name. */
export function kindWords(type: string): string {
  return KIND_WORDS[type] ?? type.replaceAll("_", " ");
}

/** Returns the text of a content in one line, or undefined where it has none. */
export function previewText(content: Content): string | undefined {
  if (isMedia(content)) return content.caption ?? content.filename;
  switch (content.type) {
    case "text":
      return content.body;
    case "button":
      return content.text;
    case "button_reply":
    case "list_reply":
      return content.title;
    case "form_reply":
      return content.body;
    case "system":
      return noticeWords(content, "The customer");
    case "order":
      return content.text;
    case "template":
      return content.name;
    case "interactive":
      return content.body ?? content.header;
    case "location":
      return content.name ?? content.address;
    case "contacts":
      return content.contacts[0]?.name?.formattedName;
    default:
      return undefined;
  }
}

type Notice = Extract<Content, { type: "system" }>;

/** Meta's sentence about a changed number. */
const CHANGED = /changed from \+?\d{7,15} to (\+?\d{7,15})/;

/** Returns the number that a person has now, by a notice that they changed it. */
export function changedTo({ kind, body, now }: Notice): string | undefined {
  return kind.endsWith("changed_number") ? (now?.phone ?? CHANGED.exec(body ?? "")?.[1]) : undefined;
}

/** Words a notice of WhatsApp. Meta's own sentence has bare numbers, and is in a language that it chose. */
export function noticeWords(content: Notice, them: string): string {
  const phone = changedTo(content);
  switch (content.kind) {
    case "user_changed_number":
    case "customer_changed_number":
      return phone ? `${them} changed number to ${phoneWords(phone)}` : `${them} changed number`;
    case "customer_identity_changed":
    case "user_identity_changed":
      return `${them} set up WhatsApp anew`;
    case "user_changed_user_id":
      return `${them} has a new WhatsApp user id`;
    default:
      return content.body ? lineOf("system", content.body) : content.kind.replaceAll("_", " ");
  }
}

/** Words a message in one line, for lists, quotes and announcements. */
export function messageLine(message: Message): string {
  if (message.revokedAt) return "This message was taken back";
  const content = readContent(message.content);
  return lineOf(content.type === "audio" && content.voice ? "voice" : message.type, previewText(content));
}

const BARE = new Set(["text", "button", "button_reply", "list_reply", "system", "reaction"]);

/** Joins type and preview in one line. Types that are only text are not named. */
export function lineOf(type: string, preview: string | null | undefined): string {
  const kind = type === "voice" ? "Voice message" : kindWords(type);
  const words = preview?.replaceAll(/\s+/g, " ").trim();
  if (!words) return kind;
  if (type === "system") return noticeLine(words);
  return BARE.has(type) ? words : `${kind}: ${words}`;
}

/** Names of file types, for files whose name has no ending. */
const FILE_KINDS: Record<string, string> = {
  "application/msword": "DOC",
  "application/pdf": "PDF",
  "application/vnd.ms-excel": "XLS",
  "application/vnd.ms-powerpoint": "PPT",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
  "application/zip": "ZIP",
  "audio/aac": "AAC",
  "audio/amr": "AMR",
  "audio/mp4": "M4A",
  "audio/mpeg": "MP3",
  "audio/ogg": "OGG",
  "image/gif": "GIF",
  "image/jpeg": "JPG",
  "image/png": "PNG",
  "image/webp": "WEBP",
  "text/calendar": "ICS",
  "text/csv": "CSV",
  "text/plain": "TXT",
  "text/vcard": "VCF",
  "video/3gpp": "3GP",
  "video/mp4": "MP4",
};

/** Words a notice of which only Meta's sentence is known. That names people by bare numbers. */
function noticeLine(words: string): string {
  const changed = CHANGED.exec(words);
  if (changed?.[1] !== undefined) return `Changed number to ${phoneWords(changed[1])}`;
  return words.replaceAll(/(?<!\w)\+?\d{8,15}(?!\w)/g, phoneWords);
}

/** Names a file's type, as "PDF": by the ending of its name, else by its MIME type. */
export function fileKind(name: string, mimeType: string | null | undefined): string | undefined {
  const ending = /[^.\s/\\]\.([a-z0-9]{1,5})$/i.exec(name.trim())?.[1];
  if (ending) return ending.toUpperCase();
  const type = mimeType?.split(";")[0]?.trim().toLowerCase();
  return type === undefined ? undefined : FILE_KINDS[type];
}

/** Formats a size: "1.4 MB". */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB"];
  let value = bytes;
  let unit = "B";
  for (const next of units) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

/** Formats seconds: "4:05". */
export function durationWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const MEDIA_ERRORS: Record<string, string> = {
  expired: "Meta's copy was gone before it could be fetched.",
  not_found: "Meta has no such file any more.",
  hash_mismatch: "What arrived is not what was sent.",
  too_large: "It is larger than this server takes.",
  storage_quota: "The organisation's storage is full. Make room, then try again.",
  token_dead: "The number's connection has ended. Reconnect it, then try again.",
};

/** Says why a file could not be fetched. */
export function mediaErrorWords(code: string | null | undefined): string {
  return (code && MEDIA_ERRORS[code]) ?? "It could not be fetched from Meta.";
}
