#!/usr/bin/env node
// Runs the sandbox with the given arguments, and ends as it ends.
import { spawn } from 'node:child_process';
import { findBinary } from '../src/binary.js';

try {
  const child = spawn(findBinary(), process.argv.slice(2), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code) => process.exit(code ?? 1));
} catch (error) {
  fail(error.message);
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
