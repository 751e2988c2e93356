/** Temporary folders, which no test has to remove: all of them are in the folder of the test run, which does not outlive it. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The first process of a test run sets it; the others, such as vitest's workers, inherit it. */
const RUN_FOLDER = 'FLEETMARK_TEST_FOLDER';

/** @param name - for the person who looks into the folder of the run */
export function temporaryFolder(name: string, parent = runFolder()): string {
  return mkdtempSync(join(parent, `${name}-`));
}

export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = temporaryFolder('files');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** vitest's global set-up of every group: the folder exists before there are workers. */
export default function setUp(): void {
  runFolder();
}

function runFolder(): string {
  return (process.env[RUN_FOLDER] ??= createRunFolder());
}

function createRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleetmark-tests-'));
  chmodSync(folder, 0o755); // servers also run as other users, and sshd wants no parent that others can write to
  removeWithThisProcess(folder);
  return folder;
}

/** A process of its own waits for the end of this one: a process that is killed removes nothing. */
function removeWithThisProcess(folder: string): void {
  const remove = `trap '' HUP INT TERM; read -r _; n=0
    until rm -rf "$1" || [ $((n += 1)) -gt 30 ]; do chmod -R u+rwX "$1"; sleep 1; done`;
  const stdio = ['pipe', 'ignore', 'ignore'] as const;
  const remover = spawn('/bin/sh', ['-c', remove, 'remover', folder], { cwd: '/', detached: true, stdio: [...stdio] });
  remover.unref();
  (remover.stdin as Socket).unref();
}
