import { execFileSync } from 'node:child_process';

/** Removes a folder that a job may still write into: what comes while it is removed is removed by the next try. */
export function removeFolder(folder: string): void {
  const script = 'until rm -rf "$1" 2>/dev/null; do :; done';
  execFileSync('sh', ['-c', script, 'sh', folder], { timeout: 20_000 });
}
