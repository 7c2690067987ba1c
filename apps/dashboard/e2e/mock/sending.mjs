// Plays sending as the dashboard sees it: messages that are queued and end by themselves, and queues.
import { ACCOUNTS, iso, message, uuid } from "./fixtures.mjs";

const FAULT = {
  failed: { code: 131026, title: "Message undeliverable", message: null, details: null, href: null, explanation: { cause: "This person cannot be reached on WhatsApp.", action: "Check the number, or reach them another way.", retrySafe: false, retry: "later", who: "customer" } },
};

const content = (body) => {
  const part = body[body.type];
  switch (body.type) {
    case "text":
      return { type: "text", body: part.body };
    case "reaction":
      return { type: "reaction", messageId: part.message_id, emoji: part.emoji || undefined };
    case "location":
      return { type: "location", ...part };
    case "contacts":
      return { type: "contacts", contacts: part.map((card) => ({ name: { formattedName: card.name.formatted_name }, phones: (card.phones ?? []).map(({ phone, type }) => ({ value: phone, label: type })) })) };
    case "template":
      return { type: "template", name: part.name, language: part.language.code, components: part.components ?? [] };
    case "interactive":
      return {
        type: "interactive",
        kind: part.type,
        header: part.header?.text,
        body: part.body.text,
        footer: part.footer?.text,
        buttons: part.action.buttons?.map((each) => each.reply.title) ?? [part.action.button ?? part.action.parameters?.display_text],
        options: part.action.sections?.flatMap((section) => section.rows.map((row) => row.title)) ?? [],
      };
    default:
      return { type: body.type, caption: part.caption, filename: part.filename, voice: part.voice ?? false, animated: false };
  }
};

export function createSending({ publish, threadOf, conversationOf, threads }) {
  const byKey = new Map();
  const paused = new Set();
  let made = 0;
  const all = () => [...threads.values()].flat().filter((each) => each.direction === "outbound");
  const problem = (status, code, detail, more = {}) => ({ status, body: { title: "The server refused", status, code, detail, requestId: "0193-mock-request", ...more } });

  function move(found, status, more = {}) {
    Object.assign(found, { status, canCancel: status === "queued", canRetry: ["failed", "unknown", "cancelled", "expired"].includes(status), retryMayRepeat: status === "unknown", waiting: null, ...more });
    publish("message.sending", { messageId: found.id, conversationId: found.conversationId, accountId: found.accountId, metaMessageId: found.metaMessageId, status, errors: found.errors, waiting: found.waiting, attempt: found.attempt });
  }

  function run(found, sends) {
    if (sends === "stay") {
      found.waiting = { reason: "pair_limit", until: iso(-90_000) };
      return;
    }
    setTimeout(() => move(found, "sending", { attempt: found.attempt + 1 }), 300);
    if (sends === "fail") return setTimeout(() => move(found, "failed", { errors: [FAULT.failed] }), 600);
    if (sends === "unknown") return setTimeout(() => move(found, "unknown"), 600);
    setTimeout(() => move(found, "accepted", { metaMessageId: `wamid.${found.id}` }), 600);
    ["sent", "delivered", "read"].forEach((status, at) =>
      setTimeout(() => {
        found.status = status;
        publish("message.status", { messageId: found.id, conversationId: found.conversationId, accountId: found.accountId, metaMessageId: found.metaMessageId, status, entry: { status, at: new Date().toISOString(), participant: null, errors: [], pricing: null } });
      }, 900 + at * 500),
    );
  }

  function submit(body, key, sends) {
    if (byKey.has(key)) return byKey.get(key);
    made += 1;
    const n = [...Array(40).keys()].find((each) => conversationOf(each).contact && [`+${conversationOf(each).contact.phone}`, conversationOf(each).contact.userId].includes(body.to ?? body.recipient)) ?? 0;
    const now = new Date().toISOString();
    const fresh = message(n, 0, content(body), {
      id: uuid("5e4d", made),
      direction: "outbound",
      status: "queued",
      metaMessageId: null,
      at: now,
      createdAt: now,
      mediaId: body[body.type]?.id ?? null,
      context: body.context ? { messageId: body.context.message_id, forwarded: false, frequentlyForwarded: false } : null,
      to: body.to ?? body.recipient,
      error: null,
      priority: body.priority ?? "normal",
      flow: null,
      clientReference: body.clientReference ?? null,
      scheduledAt: null,
      expiresAt: iso(-86_400_000),
      attempt: 0,
      dispatchedAt: null,
      waiting: null,
      canCancel: true,
      canRetry: false,
      isStuck: false,
      retryMayRepeat: false,
    });
    fresh.type = body.type;
    threadOf(n).unshift(fresh);
    const { media: _media, timeline: _timeline, ...told } = fresh;
    publish("message.queued", { message: told, from: {} });
    const copy = { ...fresh };
    byKey.set(key, copy);
    run(fresh, sends);
    return copy;
  }

  const queues = (mode) =>
    mode.empty
      ? []
      : ACCOUNTS.map((account, at) => ({
          accountId: account.id,
          displayName: account.displayName,
          displayPhone: account.displayPhone,
          rate: { perSecond: 80, level: "STANDARD" },
          sentLastMinute: at === 0 ? 1843 : 0,
          due: at === 0 ? { high: 0, normal: 12, low: 10_000 } : { high: 1, normal: 0, low: 0 },
          waiting: at === 0 ? [{ reason: "pair_limit", count: 3 }, { reason: "scheduled", count: 240 }] : [],
          sending: at === 0 ? 41 : 0,
          proving: at === 0 ? 2 : 0,
          unknown: all().filter((each) => each.status === "unknown" && each.accountId === account.id).length,
          failed: all().filter((each) => each.status === "failed" && each.accountId === account.id).length,
          stuck: 0,
          oldestDueAt: iso(at === 0 ? 130_000 : 3_600_000),
          isPaused: paused.has(account.id),
          block: at === 1 ? { reason: "account_blocked", until: iso(-600_000), code: 131042, explanation: { cause: "Meta could not charge the account: there is no valid payment method.", action: "Add one in Meta's Billing Hub.", who: "business" } } : null,
          isOwned: at === 0,
          countsUpTo: 10_000,
        }));

  function answer(method, p, query, body, headers, mode) {
    if (p === "/api/queues") return { body: { data: queues(mode) } };
    let match = /^\/api\/queues\/([^/]+)\/(pause|resume)$/.exec(p);
    if (match) {
      if (match[2] === "pause") paused.add(match[1]);
      else paused.delete(match[1]);
      return { body: queues(mode).find((each) => each.accountId === match[1]) };
    }
    if (p === "/api/media" && method === "POST") {
      made += 1;
      const mimeType = headers["content-type"];
      const kind = { image: "image", video: "video", audio: "audio" }[mimeType.split("/")[0]] ?? "document";
      if (mimeType === "image/gif") return problem(415, "media_type", "WhatsApp takes no GIF.", { remedy: "Send it as MP4." });
      return { status: 201, body: { id: uuid("0f11", made), mimeType, size: body.size, sha256: "0", filename: query.get("filename"), kind } };
    }
    if (p === "/api/messages" && method === "POST") {
      if (mode.sends === "down") return problem(503, "unavailable", "The database did not answer.");
      if (mode.sends === "refuse") return problem(422, "invalid_message", "Meta would not accept the message.", { errors: [{ pointer: "/text/body", message: "It is too long." }] });
      return { status: 202, body: submit(body, headers["idempotency-key"], mode.sends ?? "ok") };
    }
    if (p === "/api/messages") {
      threadOf(0);
      const found = all()
        .filter((each) => (!query.get("status") || each.status === query.get("status")) && (!query.get("accountId") || each.accountId === query.get("accountId")))
        .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
        .map((each) => ({ to: "+5511980000000", ...each }));
      const from = Number(query.get("cursor") ?? 0);
      return { body: { data: mode.empty ? [] : found.slice(from, from + 50), nextCursor: from + 50 < found.length ? String(from + 50) : null } };
    }
    match = /^\/api\/messages\/([^/]+)\/(cancel|retry|dismiss|read)$/.exec(p);
    if (match) {
      if (match[2] === "read") return { status: 204 };
      const found = all().find((each) => each.id === match[1]);
      if (match[2] === "retry" && found.status === "unknown" && !body.mayRepeat) return problem(409, "may_repeat", "It may arrive twice.");
      move(found, { cancel: "cancelled", retry: "queued", dismiss: "failed" }[match[2]], { errors: [] });
      if (match[2] === "retry") run(found, "ok");
      return { body: { ...found } };
    }
    if (/^\/api\/conversations\/[^/]+\/typing$/.test(p)) return { status: 204 };
    return undefined;
  }

  return { answer };
}
