// Conversations and messages to look at: one with every kind of message, one very long, and a hundred thousand to scroll.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const NOW = Date.now();
export const iso = (ago) => new Date(NOW - ago).toISOString();
/** Makes ids that look like UUIDs, in the order of their numbers. */
export const uuid = (kind, n) => `0193${kind}-0000-7000-8000-${String(n).padStart(12, "0")}`;

export const ACCOUNTS = [
  account(1, "Juniper & Sage Coffee", "+1 555-013-4201"),
  account(2, "Harborview Dental", "+49 170 1234567"),
];

function account(n, displayName, displayPhone) {
  return {
    id: uuid("acc0", n),
    phoneNumberId: `53000000000000${n}`,
    wabaId: "420000000000001",
    wabaName: "Juniper & Sage",
    displayPhone,
    displayName,
    isActive: true,
    isDefault: n === 1,
    state: "connected",
    needsRegistration: false,
    qualityRating: "GREEN",
    isCoexistence: false,
    grant: {
      id: uuid("9a00", 1),
      state: "active",
      tokenKind: "user",
      scopes: [],
      tokenExpiry: { kind: "never" },
      dataAccessExpiry: { kind: "never" },
      renewal: "not_needed",
      isExpiring: false,
      metaAppId: "880000000000001",
    },
    connectedAt: iso(30 * DAY),
    createdAt: iso(30 * DAY),
    updatedAt: iso(DAY),
    version: 1,
  };
}

export const MEMBERS = [
  member(1, "Olivia Owner", "owner@acme.example", "owner"),
  member(2, "Amir Agent", "amir@acme.example", "agent"),
  member(3, "Vera Viewer", "vera@acme.example", "viewer"),
];

function member(n, name, email, role) {
  return { userId: uuid("05e0", n), name, email, role, joinedAt: iso(40 * DAY), createdAt: iso(40 * DAY) };
}

const NAMES = ["Maria Silva", "Jonas Weber", "Aïcha Benali", "山田 太郎", "Noor Haddad", "Liam O'Connor", "Priya Nair", "Søren Kjær", "Zoë Martin", "محمد علي"];
const SAID = [
  "Is the oat milk back?",
  "Thanks, that worked!",
  "Where is my order 4812? It should have come yesterday.",
  "Can I change the appointment to Thursday?",
  "👍",
  "Do you deliver on Sundays, and how much is it to the harbour?",
];

export const HOW_MANY = 100_000;

function contact(n) {
  const name = NAMES[n % NAMES.length];
  return {
    id: uuid("c0c0", n),
    name: n % 7 === 0 ? `${name} (VIP)` : null,
    profileName: n % 5 === 3 ? null : name,
    shownName: name,
    phone: n % 11 === 4 ? null : `55119${String(80000000 + n)}`,
    username: n % 11 === 4 ? `user.${n}` : null,
    userId: n % 3 === 0 ? `BR.${1349120865530 + n}` : null,
    parentUserId: null,
    bookName: null,
    phonePassedOn: null,
    optedOut: n === 0 || n % 29 === 8,
    createdAt: iso(20 * DAY),
    updatedAt: iso(HOUR),
  };
}

export function conversation(n) {
  const ago = n === 0 ? 40_000 : n * 7 * MINUTE;
  const out = n % 3 === 1;
  return {
    id: uuid("c000", n),
    accountId: ACCOUNTS[n % 2].id,
    contact: contact(n),
    groupId: null,
    userId: null,
    isPhoneStale: false,
    state: n % 6 === 5 ? "closed" : "open",
    assigneeId: n % 4 === 2 ? MEMBERS[1].userId : null,
    unread: n === 0 ? 3 : n % 5 === 3 ? (n % 17) + 1 : 0,
    lastMessageAt: iso(ago),
    lastMessage: {
      id: uuid("3e00", n),
      type: n % 9 === 6 ? "image" : "text",
      preview: n % 9 === 6 ? null : SAID[n % SAID.length],
      direction: out ? "outbound" : "inbound",
      status: out ? ["sent", "delivered", "read", "failed"][n % 4] : "received",
      at: iso(ago),
      revoked: n % 31 === 9,
    },
    window:
      n % 8 === 7
        ? null
        : { open: ago < DAY, until: iso(ago - (n === 2 ? 72 : 24) * HOUR), kind: n === 2 ? "freeEntryPoint" : "service" },
    createdAt: iso(20 * DAY),
    updatedAt: iso(ago),
  };
}

const BASE = {
  context: null,
  referral: null,
  errors: [],
  pricing: null,
  media: null,
  mediaId: null,
  groupId: null,
  editedAt: null,
  revokedAt: null,
  timeline: [],
};

let made = 0;
/** Makes a message that is `ago` milliseconds old. */
export function message(conversationN, ago, content, more = {}) {
  made += 1;
  const n = 900_000 - made;
  const id = more.id ?? uuid("3e55", n);
  return {
    ...BASE,
    id,
    conversationId: uuid("c000", conversationN),
    accountId: ACCOUNTS[conversationN % 2].id,
    contactId: uuid("c0c0", conversationN),
    metaMessageId: `wamid.${id}`,
    direction: "inbound",
    type: content?.type ?? "text",
    content,
    status: more.direction === "outbound" ? "read" : "received",
    at: iso(ago),
    createdAt: iso(ago),
    ...more,
  };
}

const text = (body) => ({ type: "text", body });
const out = { direction: "outbound" };
const media = (n, state, more = {}) => ({ id: uuid("f11e", n), state, mimeType: "image/png", filename: null, size: 84_213, error: null, url: null, ...more });

/** Makes a message of every kind, newest first. */
export function everyKind() {
  const question = message(0, 2 * DAY + 2 * HOUR, text("Do you have the *dark roast* again? See https://example.com/shop_items/dark_roast?x=1 or ask _me_, it was ~12~ `9.90`."));
  const answer = message(0, 2 * DAY + HOUR, text("Yes, since Monday!"), { ...out, context: { messageId: question.metaMessageId, forwarded: false, frequentlyForwarded: false } });
  const rows = [
    message(0, 9 * DAY, text("I saw your ad."), {
      referral: { sourceType: "ad", headline: "Coffee that is roasted today", body: "Write to us and get 10 % off your first bag.", sourceUrl: "https://example.com/ad/1", welcomeMessage: "Hello! What do you like?" },
    }),
    message(0, 9 * DAY - MINUTE, { type: "request_welcome" }),
    question,
    answer,
    message(0, 2 * DAY + 50 * MINUTE, { type: "reaction", messageId: answer.metaMessageId, emoji: "❤️" }),
    message(0, 2 * DAY + 49 * MINUTE, { type: "reaction", messageId: question.metaMessageId, emoji: "👍" }, out),
    message(0, DAY + 9 * HOUR, { type: "image", caption: "Is *this* the one?", voice: false, animated: false }, { media: media(1, "stored") }),
    message(0, DAY + 8.9 * HOUR, { type: "image", voice: false, animated: false }, { media: media(2, "pending") }),
    message(0, DAY + 8.8 * HOUR, { type: "video", voice: false, animated: false }, { media: media(3, "failed", { mimeType: "video/mp4", error: "expired" }) }),
    message(0, DAY + 8.7 * HOUR, { type: "audio", voice: true, animated: false }, { media: media(4, "stored", { mimeType: "audio/wav" }) }),
    message(0, DAY + 8.6 * HOUR, { type: "document", filename: "Invoice 2026-11 of Juniper & Sage Coffee.pdf", caption: "My invoice", voice: false, animated: false }, { media: media(5, "stored", { mimeType: "application/pdf", filename: "Invoice 2026-11 of Juniper & Sage Coffee.pdf", size: 1_284_213 }) }),
    message(0, DAY + 8.5 * HOUR, { type: "sticker", voice: false, animated: false }, { media: media(6, "stored") }),
    message(0, DAY + 8.4 * HOUR, { type: "location", latitude: 38.7223, longitude: -9.1393, name: "Café da Praça", address: "Praça do Comércio 1, Lisboa" }),
    message(0, DAY + 8.3 * HOUR, {
      type: "contacts",
      contacts: [{ name: { formattedName: "Ana Costa" }, company: "Costa & Filhos", title: "Buyer", phones: [{ value: "+351 912 345 678", label: "WORK", waId: "351912345678" }], emails: [{ value: "ana@example.com", label: "WORK" }], urls: [{ value: "https://example.com" }] }],
    }),
    message(0, DAY + 8.2 * HOUR, { type: "button", text: "Yes, confirm", payload: "yes" }),
    message(0, DAY + 8.1 * HOUR, { type: "button_reply", id: "b1", title: "Deliver tomorrow" }),
    message(0, DAY + 8 * HOUR, { type: "list_reply", id: "l1", title: "Dark roast 500 g", description: "Whole beans, from Brazil" }),
    message(0, DAY + 7.9 * HOUR, { type: "form_reply", name: "flow", body: "Booking", response: { flow_token: "x", day: "Thursday", guests: 3, wishes: "Near the window, please" } }),
    message(0, DAY + 7.8 * HOUR, { type: "order", catalogId: "1", text: "For Friday if you can", items: [{ productRetailerId: "DR-500", quantity: 2, itemPrice: 12.5, currency: "EUR" }, { productRetailerId: "MUG-1", quantity: 1, itemPrice: 9, currency: "EUR" }] }),
    message(0, DAY + 7.7 * HOUR, { type: "system", kind: "user_changed_number", body: "Maria Silva changed to +55 11 98000 0000" }),
    message(0, DAY + 7.6 * HOUR, { type: "call", callId: "wacid.1", party: {}, byCustomer: true, event: "terminate", status: "COMPLETED", duration: 185, at: iso(DAY) }),
    message(0, DAY + 7.5 * HOUR, { type: "call", callId: "wacid.2", party: {}, byCustomer: true, event: "terminate", status: "FAILED", at: iso(DAY) }),
    message(0, DAY + 7.4 * HOUR, { type: "call_permission_reply", response: "accept", source: "user_action", expiresAt: iso(-6 * DAY), isPermanent: false }),
    message(0, DAY + 7.3 * HOUR, { type: "media_placeholder" }),
    message(0, DAY + 7.2 * HOUR, { type: "unsupported", kind: "poll_creation", errors: [{ code: 131051, title: "Message type unknown" }], raw: { type: "poll_creation", poll_creation: { name: "Lunch?", options: ["Yes", "No"] } } }),
    message(0, DAY + 7.1 * HOUR, { type: "something_new", hologram: { size: 3 } }),
    message(0, DAY + 7 * HOUR, text("This was edited afterwards."), { editedAt: iso(DAY) }),
    message(0, DAY + 6.9 * HOUR, null, { type: "text", revokedAt: iso(DAY) }),
    message(0, DAY + 6.8 * HOUR, text("Forwarded from the family group"), { context: { forwarded: true, frequentlyForwarded: true } }),
    message(0, DAY + 6.7 * HOUR, text("What about this product?"), { context: { messageId: "wamid.not-here", forwarded: false, frequentlyForwarded: false, referredProduct: { catalogId: "1", productRetailerId: "DR-500" } } }),
    ...["queued", "accepted", "sent", "delivered", "read", "played", "unknown"].map((status, at) => message(0, (6 - at * 0.1) * HOUR, text(`Status ${status}`), { ...out, status })),
    message(0, 5 * HOUR, text("We have something new for you."), {
      ...out,
      status: "failed",
      errors: [{ code: 131049, title: "This message was not delivered to maintain healthy ecosystem engagement.", message: null, details: null, href: "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/", explanation: { cause: "Meta held this marketing message back: the person has had many lately.", action: "Wait at least a day, then write to them for another reason, or when they write first.", retrySafe: false, who: "you" } }],
      pricing: { billable: false, model: "PMP", type: "regular", category: "marketing" },
    }),
    message(0, 4 * HOUR, text("```\nconst cup = 1;\ncup * 2\n```\n> as you said\nok"), { ...out }),
    message(0, 3 * MINUTE, text("One more thing")),
    message(0, 2 * MINUTE, text("Are you open on Sunday? ".repeat(8))),
    message(0, 40_000, text("Is the oat milk back?"), { id: uuid("3e00", 0) }),
  ];
  return rows.reverse().sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** Makes a long history, newest first. */
export function longHistory(n, many) {
  const rows = [];
  for (let at = 0; at < many; at += 1) {
    const words = `${SAID[at % SAID.length]} (${many - at})${at % 13 === 0 ? `\n${"A longer line of words. ".repeat(12)}` : ""}`;
    rows.push(message(n, n * 7 * MINUTE + at * 11 * MINUTE, text(words), at % 3 === 1 ? out : {}));
  }
  const oldest = rows.at(-20);
  if (oldest && rows[2]) rows[2].context = { messageId: oldest.metaMessageId, forwarded: false, frequentlyForwarded: false };
  return rows;
}
