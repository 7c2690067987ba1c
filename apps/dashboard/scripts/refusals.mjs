// Writes the refusals of connecting, as the server words them, out of the OpenAPI document into a module.
// usage: node scripts/refusals.mjs <document> <module>
import { readFileSync, writeFileSync } from "node:fs";

const [document, module] = process.argv.slice(2);
const refusals = JSON.parse(readFileSync(document, "utf8"))["x-refusals"];
const entries = refusals.map(({ code, title, detail, remedy }) => `  ${code}: ${JSON.stringify({ title, detail, remedy }, null, 4).replace(/\n}$/, ",\n  }").replace(/^ {4}"(\w+)":/gm, "    $1:")},`);
writeFileSync(
  module,
  `/**
 * Generated from docs/openapi.json by cargo xtask openapi: do not edit.
 * The words are those of crates/domain/src/connect/refusal.rs.
 */
export const REFUSALS = {
${entries.join("\n")}
};
`,
);
