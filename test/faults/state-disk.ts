import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const SIZE_MIB = 24;

/** A small file system for the state folder of a command line, which a round can fill. Needs root. */
export interface StateDisk {
  fill(): void;
  empty(): void;
  remove(): void;
}

export function mountStateDisk(folder: string): StateDisk {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m,mode=0700`, 'tmpfs', folder]);
  const filler = join(folder, 'filler');
  return {
    fill() {
      // It always ends with an error.
      execFileSync('sh', ['-c', 'cat /dev/zero > "$0" 2>/dev/null || true', filler]);
    },
    empty: () => rmSync(filler, { force: true }),
    remove() {
      execFileSync('umount', ['--lazy', folder]);
    },
  };
}
