// Starts a demo on free ports with its own data folder, and stops it again.
import { spawn } from "node:child_process";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Starts the demo. Returns its announcement, `{server, sandbox, email, password, …}`, with `stop()` and `readLog()`. */
export async function startDemo() {
  const folder = await mkdtemp(path.join(tmpdir(), "wabakit-e2e-"));
  const log = path.join(folder, "demo.log");
  const logFile = await open(log, "w");
  const built = process.env.WABAKIT_DEMO_BIN;
  const [command, args] = built ? [path.resolve(built), ["--json"]] : ["cargo", ["run", "-q", "-p", "wabakit-demo", "--", "--json"]];
  const child = spawn(command, args, {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: String(await freePort()),
      SANDBOX_PORT: String(await freePort()),
      WABAKIT_DATA_DIR: path.join(folder, "data"),
    },
    stdio: ["ignore", "pipe", logFile.fd],
    // A process group of its own, so that the processes that cargo starts are stopped too.
    detached: true,
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));

  async function stop() {
    if (child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, "SIGTERM");
      await ended;
    }
    await logFile.close();
    await rm(folder, { recursive: true, force: true });
  }

  const announcement = await new Promise((resolve, reject) => {
    child.once("error", reject);
    ended.then(async () => reject(new Error(`The demo ended before it was ready:\n${await readFile(log, "utf8")}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) resolve(JSON.parse(line));
    });
  });
  return { ...announcement, stop, readLog: () => readFile(log, "utf8") };
}
