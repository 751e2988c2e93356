import { execFileSync } from 'node:child_process';

/** Removes a folder that a job may still write to; if new files appear, it tries again. */
export function removeFolder(folder: string): void {
  const script = 'until rm -rf "$1" 2>/dev/null; do :; done';
  execFileSync('sh', ['-c', script, 'sh', folder], { timeout: 20_000 });
}
