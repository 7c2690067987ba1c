// Finds the sandbox's program: the one that WABAKIT_SANDBOX_BIN names, the one that this package carries, or one that
// cargo builds from a checkout of Wabakit.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const PROGRAM = process.platform === 'win32' ? 'wabakit-sandbox.exe' : 'wabakit-sandbox';

/**
 * Returns the path of the program.
 * @param {{env?: NodeJS.ProcessEnv, folder?: string}} [options] `folder` is the package's.
 */
export function findBinary({ env = process.env, folder = PACKAGE } = {}) {
  const named = env.WABAKIT_SANDBOX_BIN;
  if (named) {
    if (!existsSync(named)) throw new Error(`WABAKIT_SANDBOX_BIN: there is no file ${named}`);
    return resolve(named);
  }
  const carried = join(folder, 'vendor', `${process.platform}-${process.arch}`, PROGRAM);
  if (existsSync(carried)) return carried;
  const checkout = env.WABAKIT_SOURCE ?? dirname(dirname(dirname(dirname(folder))));
  if (!existsSync(join(checkout, 'apps/sandbox/Cargo.toml'))) {
    throw new Error(
      `no program for ${process.platform}-${process.arch} is in this package: ` +
        'set WABAKIT_SANDBOX_BIN to the program, or WABAKIT_SOURCE to a checkout of Wabakit from which cargo builds it',
    );
  }
  return build(checkout);
}

function build(checkout) {
  const args = ['build', '--release', '--locked', '--package', 'wabakit-sandbox', '--bin', 'wabakit-sandbox'];
  const built = spawnSync('cargo', [...args, '--message-format=json-render-diagnostics'], {
    cwd: checkout,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (built.error) throw new Error(`cargo cannot be run: ${built.error.message}. Install Rust by https://rustup.rs`);
  if (built.status !== 0) throw new Error(`cargo could not build wabakit-sandbox in ${checkout}`);
  const programs = built.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).executable)
    .filter(Boolean);
  const program = programs.at(-1);
  if (!program) throw new Error(`cargo named no program in ${checkout}`);
  return program;
}
