import type { Plugin } from "vite";
import { withImports } from "./budget.ts";
import { PAGES } from "./pages.ts";

/**
 * Writes the chunks of each page into index.html. With that list, theme-init.js lets the browser fetch those of the page at
 * the address while it still reads the entry.
 */
export function preload(): Plugin {
  return {
    name: "wabakit:preload",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle, path }) {
        if (!bundle || path !== "/index.html") return html;
        const chunks = Object.values(bundle).filter((each) => each.type === "chunk");
        const entry = chunks.find((each) => each.isEntry && each.facadeModuleId?.endsWith("/index.html"));
        if (!entry) throw new Error("The build has no entry for index.html.");
        const first = withImports(bundle, entry.fileName);
        const firstStyles = new Set(chunks.filter((each) => first.has(each.fileName)).flatMap((each) => [...(each.viteMetadata?.importedCss ?? [])]));
        const map: Record<string, string[]> = {};
        for (const [address, module] of Object.entries(PAGES)) {
          const page = chunks.find((each) => each.facadeModuleId?.endsWith(`/src/${module}`));
          if (!page) throw new Error(`The build has no chunk for ${module} (build/pages.ts).`);
          const needed = [...withImports(bundle, page.fileName)].filter((file) => !first.has(file));
          const styles = needed.flatMap((file) => {
            const chunk = bundle[file];
            return chunk?.type === "chunk" ? [...(chunk.viteMetadata?.importedCss ?? [])] : [];
          });
          map[address] = [...needed, ...styles.filter((file) => !firstStyles.has(file))].map((file) => file.replace("assets/", ""));
        }
        const json = JSON.stringify(map).replaceAll('"', "&quot;");
        return html.replace('src="/theme-init.js"', `src="/theme-init.js" data-chunks="${json}"`);
      },
    },
  };
}
