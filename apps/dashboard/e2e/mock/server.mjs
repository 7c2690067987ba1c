// Answers as Wabakit does, from fixtures, to look at pages without a Rust build.
// `npm run build && node e2e/mock/server.mjs [port]`, then sign in as anybody. Role and failures are set by
// `POST /_mock/set {role, operator, fail, delay, empty, slow, sends}` (`sends`: ok, stay, fail, unknown, refuse, down); `POST /_mock/say {conversation, text}` lets a customer write.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BEFORE_SIGN_IN } from "../addresses.mjs";
import { ACCOUNTS, conversation, everyKind, HOW_MANY, iso, longHistory, MEMBERS, message, uuid } from "./fixtures.mjs";
import { createSending } from "./sending.mjs";
import { accept } from "./socket.mjs";

const DIST = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../dist");
const CSP =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html", ".woff2": "font/woff2" };

let mode = { role: "owner", operator: true, fail: "", delay: 0, empty: false };
let signedIn = true;
const changed = new Map();
const threads = new Map();
const log = [];
const sockets = new Set();
let sequence = 1000;

function conversationOf(n) {
  return { ...conversation(n), ...changed.get(n) };
}

function threadOf(n) {
  if (!threads.has(n)) threads.set(n, n === 0 ? everyKind() : longHistory(n, n === 1 ? 5000 : 20));
  return threads.get(n);
}

function publish(type, data) {
  sequence += 1;
  const event = { id: uuid("e000", sequence), sequence, type, timestamp: new Date().toISOString(), data };
  log.push(event);
  for (const socket of sockets) socket.send({ kind: "events", events: [event] });
}

function bare(full) {
  const { contact, lastMessage: _, ...rest } = full;
  return { ...rest, contactId: contact?.id ?? null };
}

function say(n, body) {
  const fresh = message(n, 0, { type: "text", body }, { at: new Date().toISOString(), id: uuid("3fff", sequence + 1) });
  const thread = threadOf(n);
  thread.unshift(fresh);
  const before = conversationOf(n);
  changed.set(n, {
    ...changed.get(n),
    state: "open",
    unread: before.unread + 1,
    lastMessageAt: fresh.at,
    lastMessage: { id: fresh.id, type: "text", preview: body, direction: "inbound", status: "received", at: fresh.at, revoked: false },
    window: { open: true, until: new Date(Date.now() + 86_400_000).toISOString(), kind: "service" },
  });
  const { media: _media, timeline: _timeline, ...told } = fresh;
  publish("message.received", { message: told, from: { profileName: before.contact?.profileName } });
  publish("conversation.updated", { conversation: bare(conversationOf(n)) });
  return fresh;
}

const sending = createSending({ publish, threadOf, conversationOf, threads });

const paged = (all, query, size = 50) => {
  const from = Number(query.get("cursor") ?? 0);
  const limit = Number(query.get("limit") ?? size);
  return { data: all.slice(from, from + limit), nextCursor: from + limit < all.length ? String(from + limit) : null };
};

function conversations(query) {
  if (mode.empty) return { data: [], nextCursor: null };
  const limit = Number(query.get("limit") ?? 50);
  const me = MEMBERS[0].userId;
  const fits = (each) => {
    const assignee = query.get("assignee") === "me" ? me : query.get("assignee");
    return (
      (!query.get("state") || each.state === query.get("state")) &&
      (!query.get("unread") || each.unread > 0) &&
      (!query.get("accountId") || each.accountId === query.get("accountId")) &&
      (!assignee || (assignee === "none" ? !each.assigneeId : each.assigneeId === assignee)) &&
      (!query.get("search") || JSON.stringify(each).toLowerCase().includes(query.get("search").toLowerCase()))
    );
  };
  const data = [];
  if (!query.get("cursor")) data.push(...[...changed.keys()].map(conversationOf).filter(fits));
  data.sort((a, b) => (a.lastMessageAt < b.lastMessageAt ? 1 : -1));
  let n = Number(query.get("cursor") ?? 0);
  const stop = query.get("search") ? Math.min(HOW_MANY, n + 3000) : HOW_MANY;
  for (; n < stop && data.length < limit; n += 1) {
    const each = conversation(n);
    if (!changed.has(n) && fits(each)) data.push(each);
  }
  return { data, nextCursor: n < stop ? String(n) : null };
}

const RAW = JSON.stringify({
  field: "messages",
  value: { messaging_product: "whatsapp", metadata: { display_phone_number: "•••", phone_number_id: "530000000000001" }, contacts: [{ profile: { name: "•••" }, wa_id: "•••" }], messages: [{ from: "•••", id: "wamid.HBg", timestamp: "1790000000", type: "text", text: { body: "•••" } }] },
});
const OPEN_RAW = RAW.replaceAll("•••", "Maria Silva");
const parked = (state, n) => ({
  id: uuid("9a4c", n),
  changeId: uuid("c4a0", n),
  index: n,
  field: "messages",
  lane: n % 2 ? "w:420000000000009" : "n:530000000000001",
  state,
  reason: { parked: "invalid_item", retrying: "store_failed", homeless: "unknown_number", unsupported: "unknown_shape" }[state],
  detail: { parked: "messages[0].timestamp is no number.", retrying: "The database did not answer in time.", homeless: "Nobody here holds the number 530000000000099.", unsupported: "The field group_lifecycle_update is not modelled yet." }[state],
  attempts: n + 1,
  nextAt: state === "retrying" ? iso(-90_000) : null,
  createdAt: iso(n * 3_600_000 + 60_000),
});
let parkedItems = ["parked", "retrying", "unsupported", "homeless"].map(parked);
const change = (n) => ({
  id: uuid("c4a0", n),
  deliveryId: uuid("de10", Math.floor(n / 3)),
  field: ["messages", "messages", "message_template_status_update", "phone_number_quality_update"][n % 4],
  lane: n % 4 > 1 ? "w:420000000000001" : "n:530000000000001",
  receivedAt: iso(n * 47_000 + 3000),
  size: 320 + ((n * 97) % 4000),
  state: n === 0 ? "parked" : ["applied", "applied", "applied", "unsupported", "queued"][n % 5],
  parked: n === 0 ? [parkedItems[0]].filter(Boolean) : [],
});
const minutes = (scale) =>
  Array.from({ length: 60 }, (_, at) => ({ minute: new Date(Math.floor(Date.now() / 60_000 - at) * 60_000).toISOString(), changes: at % 17 === 5 ? 0 : Math.round(scale * (6 + 5 * Math.sin(at / 5) + (at % 4))), items: 20, parked: at === 12 ? 2 : 0, latencyAverageMs: 40 }));

// A small picture. The pages show raster pictures only.
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAABgAAAASCAIAAADOjonJAAAAhUlEQVR42s3MMQ0EMQxFwYVyEAIhEAzBEAzBAFIYgiEY4kVP+gy2WGnqeX52roUtBpeQRElj8LwX+bkWthhcQhIljcGLUZxrYYvBJSRR0hh8McpzLWwxuIQkShqDL0Z1roUtBpeQRElj8MWoz7WwxeASkihpDL4YzbkWthhcQhIljcFr0R/SD3bfN9LBZgAAAABJRU5ErkJggg==", "base64");

function wav() {
  const rate = 8000;
  const samples = rate * 3;
  const file = Buffer.alloc(44 + samples);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples, 40);
  for (let at = 0; at < samples; at += 1) file[44 + at] = 128 + Math.round(40 * Math.sin(at / 6));
  return file;
}

const number = (id) => Number(id.split("-").at(-1));
const problem = (status, code, detail) => ({ status, body: { type: "about:blank", title: "The server refused", status, code, detail, remedy: "Try again in a moment.", requestId: "0193-mock-request" } });

const signIns = ["Firefox on Linux", "Safari on iPhone"].map((client, at) => ({
  id: uuid("5160", at),
  orgName: "Acme Coffee",
  createdAt: iso(86_400_000 * (at + 1)),
  lastUsedAt: iso(3_600_000 * at),
  expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  client,
  address: `203.0.113.${7 + at}`,
  current: at === 0,
}));

function answer(method, url, body, headers) {
  const p = url.pathname;
  const query = url.searchParams;
  const me = { ...MEMBERS[0], role: mode.role };
  const org = { id: uuid("0a60", 1), name: "Acme Coffee", role: mode.role };
  const user = { id: me.userId, email: me.email, name: me.name, isOperator: mode.operator };
  if (mode.fail && p.startsWith(mode.fail)) return problem(503, "unavailable", "The database did not answer.");
  if (p === "/healthz") return { body: { status: "ok" } };
  if (p === "/auth/login") {
    signedIn = true;
    return { body: { expiresIn: 900, user, org } };
  }
  if (!signedIn) return problem(401, "unauthenticated", "You are not signed in.");
  if (p === "/auth/options") return { body: { mail: false } };
  if (p === "/auth/me") return { body: { user, org, orgs: [org], permissions: [] } };
  if (p === "/api/accounts") return { body: { data: mode.empty ? [] : ACCOUNTS, nextCursor: null } };
  if (p === "/auth/two-factor" && method === "GET") return { body: { isOn: false, recoveryCodesLeft: 0 } };
  if (p === "/auth/sign-ins") return { body: { data: signIns } };
  if (p === "/api/team") return { body: { data: MEMBERS, nextCursor: null } };
  if (p === "/api/connections/warnings" || p === "/api/connect-sessions" || p === "/api/team/invitations") return { body: { data: [] } };
  const sent = sending.answer(method, p, query, body, headers, mode);
  if (sent) return sent;
  if (p === "/api/conversations") return { body: conversations(query) };
  let match = /^\/api\/conversations\/([^/]+)(\/messages)?$/.exec(p);
  if (match) {
    const n = number(match[1]);
    if (n >= HOW_MANY || Number.isNaN(n)) return problem(404, "not_found", "There is no such conversation.");
    if (match[2]) return { body: mode.empty ? { data: [], nextCursor: null } : paged(threadOf(n), query) };
    if (method === "PATCH") {
      const { unread, ...rest } = body;
      changed.set(n, { ...changed.get(n), ...rest, ...(unread === false && { unread: 0 }) });
      publish("conversation.updated", { conversation: bare(conversationOf(n)) });
    }
    return { body: conversationOf(n) };
  }
  match = /^\/api\/messages\/(.+)$/.exec(p);
  if (match) {
    const found = [...threads.values()].flat().find((each) => each.id === match[1]);
    return found
      ? { body: { ...found, timeline: found.direction === "outbound" ? ["sent", "delivered", "read"].map((status, at) => ({ status, at: iso(3_600_000 - at * 5000), participant: null, errors: [], pricing: null })) : [] } }
      : problem(404, "not_found", "There is no such message.");
  }
  if (/^\/api\/contacts\/[^/]+\/merges$/.test(p)) return { body: { items: [] } };
  match = /^\/api\/contacts\/([^/]+)(\/export)?$/.exec(p);
  if (match) {
    const n = number(match[1]);
    if (match[2]) return { body: { contact: conversationOf(n).contact, conversations: [] } };
    if (method === "DELETE") return { body: { success: true, messages: 38 } };
    const contact = { ...conversationOf(n).contact, ...(method === "PATCH" && { name: body.name }) };
    changed.set(n, { ...changed.get(n), contact });
    return { body: contact };
  }
  match = /^\/api\/media\/([^/]+)(\/refetch)?$/.exec(p);
  if (match) {
    const n = number(match[1]);
    if (match[2]) return { body: { id: match[1], state: "pending", mimeType: "video/mp4", filename: null, size: null, error: null, url: null } };
    return n === 4 ? { bytes: wav(), type: "audio/wav" } : { bytes: PNG, type: "image/png" };
  }
  if (p === "/api/events") return { body: { data: log.filter((each) => each.sequence > Number(query.get("after") ?? sequence)), head: sequence } };
  if (p === "/api/webhooks/health") {
    return mode.empty
      ? { body: { receiving: { perMinute: 0, lastAt: null }, wabas: [], queued: 0, parked: 0 } }
      : {
          body: {
            receiving: { perMinute: 12, lastAt: new Date(Date.now() - 3000).toISOString() },
            queued: 4,
            parked: parkedItems.length,
            wabas: [
              { wabaId: "420000000000001", wabaName: "Juniper & Sage", lastAt: new Date(Date.now() - 3000).toISOString(), perMinute: 9, latencyMs: { average: 38, max: 412 }, parked: 2, minutes: minutes(1) },
              { wabaId: "420000000000002", wabaName: "Harborview Dental", lastAt: iso(4 * 3_600_000), perMinute: 0, latencyMs: null, parked: 0, minutes: minutes(0.4) },
            ],
          },
        };
  }
  if (p === "/api/webhooks/changes") return { body: paged(mode.empty ? [] : Array.from({ length: 180 }, (_, n) => change(n)).filter((each) => !query.get("field") || each.field === query.get("field")), query) };
  match = /^\/api\/webhooks\/changes\/(.+)$/.exec(p);
  if (match) return { body: { ...change(number(match[1])), raw: query.get("reveal") ? OPEN_RAW : RAW } };
  match = /^\/api\/(operator\/)?webhooks\/parked(?:\/([^/]+))?(\/replay)?$/.exec(p);
  if (match) {
    const all = parkedItems.filter((each) => match[1] || each.state !== "homeless");
    if (!match[2]) return { body: paged(mode.empty ? [] : all.filter((each) => !query.get("state") || each.state === query.get("state")), query) };
    if (match[3] || method === "DELETE") {
      parkedItems = parkedItems.filter((each) => each.id !== match[2]);
      return match[3] ? { body: { replayed: 1 } } : { status: 204 };
    }
    return { body: { ...parkedItems.find((each) => each.id === match[2]), raw: query.get("reveal") ? OPEN_RAW : RAW } };
  }
  if (/^\/api\/(operator\/)?webhooks\/replay$/.test(p)) return { body: { replayed: 3 } };
  if (p === "/api/webhooks/test") {
    setTimeout(() => publish("webhook.test", {}), 400);
    return { status: 202, body: { deliveryId: uuid("de10", 9999) } };
  }
  if (p === "/api/operator/webhooks/health") return { body: { unsplit: 0, queued: 4, parked: 3, homeless: 1, rejected: 12, writer: { pending: 0 } } };
  if (p === "/api/operator/webhooks/deliveries") {
    const all = Array.from({ length: 70 }, (_, n) => ({ id: uuid("de10", n), metaAppId: null, receivedAt: iso(n * 90_000), size: 900 + n * 37, problem: n === 4 ? "not_json" : null }));
    return { body: paged(query.get("unreadable") ? all.filter((each) => each.problem) : all, query) };
  }
  match = /^\/api\/operator\/webhooks\/deliveries\/(.+)$/.exec(p);
  if (match) return { body: { id: match[1], metaAppId: null, receivedAt: iso(90_000), raw: query.get("reveal") ? OPEN_RAW : RAW } };
  if (p === "/api/operator/webhooks/rejections") {
    return { body: { data: mode.empty ? [] : [{ minute: iso(600_000), reason: "wrong_signature", metaAppId: null, count: 12, lastAt: iso(540_000), lastAddress: "203.0.113.7" }] } };
  }
  return problem(404, "not_found", "There is nothing here.");
}

async function page(url, response) {
  const file = path.extname(url.pathname) ? url.pathname : BEFORE_SIGN_IN.includes(url.pathname.split("/")[1]) ? "/auth.html" : "/index.html";
  const type = TYPES[path.extname(file)] ?? "application/octet-stream";
  try {
    const bytes = await readFile(path.join(DIST, file));
    response.writeHead(200, { "content-type": type, "content-security-policy": CSP }).end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://mock");
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
    if (mode.slow && url.pathname === "/api/media") await new Promise((resolve) => setTimeout(resolve, mode.slow));
  }
  const bytesIn = Buffer.concat(chunks);
  const body = url.pathname === "/api/media" ? { size: bytesIn.length } : bytesIn.length > 0 ? JSON.parse(bytesIn.toString()) : {};
  if (url.pathname === "/_mock/set") {
    mode = { ...mode, ...body };
    if (body.signedIn !== undefined) signedIn = body.signedIn;
    return response.end("{}");
  }
  if (url.pathname === "/_mock/say") {
    say(body.conversation, body.text);
    return response.end("{}");
  }
  if (url.pathname === "/_mock/event") {
    publish(body.type, body.data);
    return response.end("{}");
  }
  if (url.pathname === "/_mock/drop") {
    for (const socket of sockets) socket.drop();
    return response.end("{}");
  }
  if (!/^\/(api|auth|healthz)/.test(url.pathname)) return page(url, response);
  if (mode.delay) await new Promise((resolve) => setTimeout(resolve, mode.delay));
  const { status = 200, body: out, bytes, type } = answer(request.method, url, body, request.headers);
  if (bytes) return response.writeHead(200, { "content-type": type, "content-disposition": "attachment" }).end(bytes);
  const kind = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "content-type": kind }).end(out === undefined ? "" : JSON.stringify(out));
});

server.on("upgrade", (request, socket) => {
  if (mode.fail === "ws") return socket.destroy();
  const after = new URL(request.url, "http://mock").searchParams.get("after");
  const live = accept(request, socket);
  live.send({ kind: "ready", head: sequence });
  const missed = after === null ? [] : log.filter((each) => each.sequence > Number(after));
  if (missed.length > 0) live.send({ kind: "events", events: missed });
  sockets.add(live);
  live.onEnd(() => sockets.delete(live));
});

server.listen(Number(process.argv[2] ?? 4178), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
