import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.WABAKIT_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  server: {
    proxy: {
      "/api": server,
      "/auth": server,
      "/healthz": server,
    },
  },
  build: {
    target: "es2022",
    // The server's content security policy allows no `data:` scripts or fonts.
    assetsInlineLimit: 0,
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "http://localhost:3000/" } },
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
  },
});
