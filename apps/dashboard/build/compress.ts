import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(js|css|html|svg|json|txt)$/;

export function gzip(bytes: Buffer | string): Buffer {
  return gzipSync(bytes, { level: 9 });
}

function brotli(bytes: Buffer): Buffer {
  return brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
}

/** Writes a Brotli and a gzip form beside each text file of the build. The server chooses by `Accept-Encoding`. */
export function compress(): Plugin {
  let folder = "";
  return {
    name: "wabakit:compress",
    apply: "build",
    configResolved: (config) => {
      folder = path.resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!TEXT.test(name)) continue;
        const file = path.join(folder, name);
        const plain = readFileSync(file);
        for (const [ending, encoded] of [[".br", brotli(plain)], [".gz", gzip(plain)]] as const) {
          if (encoded.length < plain.length) writeFileSync(file + ending, encoded);
        }
      }
    },
  };
}
