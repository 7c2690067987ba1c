import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";

const CLASSES = /@mantine\/core\/esm\/components\/.*\/([A-Za-z]+)\.module\.mjs$/;

/** Fails the build when a component of Mantine is used whose styles src/mantine.ts does not import. */
export function mantineStyles(): Plugin {
  let root = "";
  return {
    name: "wabakit:mantine-styles",
    apply: "build",
    configResolved: (config) => {
      root = config.root;
    },
    generateBundle(_, bundle) {
      const list = readFileSync(path.join(root, "src/mantine.ts"), "utf8");
      const missing = new Set<string>();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        for (const [id, { renderedLength }] of Object.entries(chunk.modules)) {
          if (renderedLength === 0) continue;
          const name = CLASSES.exec(id)?.[1];
          if (!name || list.includes(`styles/${name}.css"`)) continue;
          if (existsSync(path.join(root, `node_modules/@mantine/core/styles/${name}.css`))) missing.add(name);
        }
      }
      if (missing.size > 0) this.error(`src/mantine.ts does not import the styles of ${[...missing].sort().join(", ")}.`);
    },
  };
}
