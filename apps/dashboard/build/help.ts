import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { toHtml } from "./helpPage.ts";

/** Puts the documentation's troubleshooting page beside the dashboard: problems link to their places in it. */
export function help(): Plugin {
  return {
    name: "wabakit:help",
    apply: "build",
    generateBundle() {
      const markdown = readFileSync(new URL("../../../docs/troubleshooting.md", import.meta.url), "utf8");
      this.emitFile({ type: "asset", fileName: "help/troubleshooting.html", source: toHtml(markdown) });
    },
  };
}
