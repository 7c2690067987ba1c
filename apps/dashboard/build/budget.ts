import { readFileSync } from "node:fs";
import path from "node:path";
import type { Plugin, Rollup } from "vite";
import { gzip } from "./compress.ts";

type Bundle = Rollup.OutputBundle;

/** The largest sizes after gzip, the form that a client without Brotli loads. */
export const BUDGET = {
  /** The script that every page of the dashboard begins with. */
  entry: 120_000,
  /** All scripts of a page before sign-in. */
  signIn: 60_000,
};

/** Returns a chunk with all chunks that it imports, itself first. */
export function withImports(bundle: Bundle, file: string, found = new Set<string>()): Set<string> {
  const chunk = bundle[file];
  if (chunk?.type !== "chunk" || found.has(file)) return found;
  found.add(file);
  for (const each of chunk.imports) withImports(bundle, each, found);
  return found;
}

function entryOf(bundle: Bundle, page: string): string {
  const entry = Object.values(bundle).find((each) => each.type === "chunk" && each.isEntry && each.facadeModuleId?.endsWith(`/${page}`));
  if (!entry) throw new Error(`The build has no entry for ${page}.`);
  return entry.fileName;
}

function gzipped(bundle: Bundle, files: Iterable<string>): number {
  let size = 0;
  for (const file of files) {
    const chunk = bundle[file];
    if (chunk?.type === "chunk") size += gzip(chunk.code).length;
  }
  return size;
}

/** Fails the build when the first scripts outgrow their budget. */
export function budget(): Plugin {
  let root = "";
  return {
    name: "wabakit:budget",
    apply: "build",
    configResolved: (config) => {
      root = config.root;
    },
    writeBundle(_, bundle) {
      const early = gzip(readFileSync(path.join(root, "public/theme-init.js"))).length;
      const entry = entryOf(bundle, "index.html");
      const sizes = {
        entry: gzipped(bundle, [entry]),
        signIn: early + gzipped(bundle, withImports(bundle, entryOf(bundle, "auth.html"))),
      };
      const first = early + gzipped(bundle, withImports(bundle, entry));
      const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
      console.log(`gzip: entry ${kB(sizes.entry)}, entry with its imports ${kB(first)}, sign-in ${kB(sizes.signIn)}`);
      for (const name of ["entry", "signIn"] as const) {
        if (sizes[name] > BUDGET[name]) {
          this.error(`The ${name} scripts have ${kB(sizes[name])} after gzip; at most ${kB(BUDGET[name])} are allowed (build/budget.ts).`);
        }
      }
    },
  };
}
