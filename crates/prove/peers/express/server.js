// A receiver of WhatsApp webhooks with Express and pg: it checks the signature, stores the items of the body in one
// statement, and answers 200. An item that is delivered again changes nothing.
//
// DATABASE_URL is the PostgreSQL database, META_APP_SECRET signs the bodies, PORT may be 0 for any free port.
"use strict";

process.env.NODE_ENV = "production";
const { createHmac, timingSafeEqual } = require("node:crypto");
const express = require("express");
const { Pool } = require("pg");

const secret = process.env.META_APP_SECRET;
const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: 20,
  options: "-c synchronous_commit=on",
});

const TABLE = `CREATE TABLE IF NOT EXISTS items (
  key text PRIMARY KEY,
  phone_number_id text NOT NULL,
  kind text NOT NULL,
  body jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
)`;

const INSERT = {
  name: "insert",
  text: `INSERT INTO items (key, phone_number_id, kind, body)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[])
         ON CONFLICT DO NOTHING`,
};

function isSigned(request) {
  const given = request.get("x-hub-signature-256") ?? "";
  const wanted = `sha256=${createHmac("sha256", secret).update(request.body).digest("hex")}`;
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}

function itemsOf(body) {
  const columns = [[], [], [], []];
  const add = (key, number, kind, item) => {
    columns[0].push(key);
    columns[1].push(number);
    columns[2].push(kind);
    columns[3].push(JSON.stringify(item));
  };
  for (const entry of body.entry) {
    for (const { value } of entry.changes) {
      const number = value.metadata.phone_number_id;
      for (const message of value.messages ?? []) add(message.id, number, "message", message);
      for (const echo of value.message_echoes ?? []) add(echo.id, number, "echo", echo);
      for (const status of value.statuses ?? []) {
        add(`${status.id}:${status.status}`, number, "status", status);
      }
    }
  }
  return columns;
}

const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.post("/api/webhooks/whatsapp", express.raw({ type: "*/*", limit: "3mb" }), async (request, response) => {
  if (!isSigned(request)) {
    response.sendStatus(401);
    return;
  }
  await pool.query({ ...INSERT, values: itemsOf(JSON.parse(request.body)) });
  response.sendStatus(200);
});

pool.query(TABLE).then(() => {
  const server = app.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
    console.log(`the Express server listens on http://127.0.0.1:${server.address().port}`);
  });
});
