import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SOCKET_IO = 'socket.io@4.8.4';

let folder: string | undefined;
let isTried = false;

/** A folder that has the package, for as long as this process runs: it and its twenty are nothing that chatty needs itself. */
export function socketIo(): string | undefined {
  if (isTried) return folder;
  isTried = true;
  const own = mkdtempSync(join(tmpdir(), 'chatty-bench-npm-'));
  process.once('exit', () => rmSync(own, { recursive: true, force: true }));
  const flags = ['--prefix', own, '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  if (spawnSync('npm', ['install', ...flags, SOCKET_IO]).status === 0) folder = own;
  return folder;
}
