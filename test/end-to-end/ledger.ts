import { existsSync, readFileSync } from 'node:fs';
import type { Fleet } from './fleet.ts';

/**
 * Commands that all record their start and end in one file. The lines are in the order in which they were appended, which
 * is more exact than any clock, and a command appends its lines while it runs.
 */
export class Ledger {
  readonly #file: string;

  constructor(fleet: Fleet, name = 'ledger') {
    this.#file = fleet.file(name);
  }

  /** POSIX shell code; `$address` in the body is that of the server, `$ledger` is this file. */
  command(benchmark: string, body: string): string {
    return `set -- $SSH_CONNECTION
address=$3
ledger=${this.#file}
echo "begin $address ${benchmark}" >>"$ledger"
${body}
echo "end $address ${benchmark}" >>"$ledger"`;
  }

  /** The number of commands that have begun. */
  begun(): number {
    return this.#read().filter(({ what }) => what === 'begin').length;
  }

  /** The number of commands that have ended. */
  ended(): number {
    return this.#read().filter(({ what }) => what === 'end').length;
  }

  /** The maximum number of concurrent commands, on all servers and on any one server. */
  max(): { atOnce: number; onOneServer: number } {
    const entries = this.#read();
    const addresses = new Set(entries.map(({ address }) => address));
    const perServer = [...addresses].map((each) => maxConcurrency(entries.filter(({ address }) => address === each)));
    return { atOnce: maxConcurrency(entries), onOneServer: Math.max(...perServer) };
  }

  #read(): Entry[] {
    if (!existsSync(this.#file)) return [];
    const lines = readFileSync(this.#file, 'utf8').trimEnd().split('\n');
    return lines.map((line) => {
      const [what, address, benchmark] = line.split(' ') as [Entry['what'], string, string];
      return { what, address, benchmark };
    });
  }
}

interface Entry {
  what: 'begin' | 'end';
  address: string;
  benchmark: string;
}

function maxConcurrency(entries: readonly Entry[]): number {
  let running = 0;
  let max = 0;
  for (const { what } of entries) {
    running += what === 'begin' ? 1 : -1;
    max = Math.max(max, running);
  }
  return max;
}
