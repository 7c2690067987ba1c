import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { budget } from "./build/budget.ts";
import { compress } from "./build/compress.ts";
import { help } from "./build/help.ts";
import { mantineStyles } from "./build/mantineStyles.ts";
import { preload } from "./build/preload.ts";
import { BEFORE_SIGN_IN } from "./src/features/auth/addresses.ts";

const server = process.env.WABAKIT_SERVER ?? "http://127.0.0.1:8080";

/** Serves the pages before sign-in from their own entry, as the server does. */
function authEntry(): Plugin {
  return {
    name: "wabakit:auth-entry",
    configureServer: ({ middlewares }) => {
      middlewares.use((request, _, next) => {
        if (BEFORE_SIGN_IN.some((each) => each === request.url?.split(/[/?]/)[1])) request.url = "/auth.html";
        next();
      });
    },
  };
}

export default defineConfig({
  plugins: [react(), authEntry(), mantineStyles(), preload(), help(), budget(), compress()],
  server: {
    proxy: {
      "/api": server,
      "/auth/": server,
      "/healthz": server,
    },
  },
  build: {
    target: "es2022",
    // The server's content security policy allows no `data:` scripts or fonts.
    assetsInlineLimit: 0,
    rollupOptions: { input: { index: "index.html", auth: "auth.html" } },
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "http://localhost:3000/" } },
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
  },
});
