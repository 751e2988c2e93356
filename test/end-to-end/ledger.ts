import { existsSync, readFileSync } from 'node:fs';
import type { Fleet } from './fleet.ts';

/**
 * Commands that write down when they begin and when they end, all into one file. Its lines are in the order in which
 * they were appended, which no clock could tell any better, and all of them lie within the life of their command.
 */
export class Ledger {
  readonly #file: string;

  constructor(fleet: Fleet, name = 'ledger') {
    this.#file = fleet.file(name);
  }

  /** POSIX shell; `$address` in the body is the server's, and `$ledger` this file. */
  command(benchmark: string, body: string): string {
    return `set -- $SSH_CONNECTION
address=$3
ledger=${this.#file}
echo "begin $address ${benchmark}" >>"$ledger"
${body}
echo "end $address ${benchmark}" >>"$ledger"`;
  }

  /** How many commands have begun so far. */
  begun(): number {
    return this.#read().filter(({ what }) => what === 'begin').length;
  }

  /** How many have run to their end. */
  ended(): number {
    return this.#read().filter(({ what }) => what === 'end').length;
  }

  /** The most commands at once, on all servers and on any one. */
  most(): { atOnce: number; onOneServer: number } {
    const entries = this.#read();
    const addresses = new Set(entries.map(({ address }) => address));
    const perServer = [...addresses].map((each) => mostAtOnce(entries.filter(({ address }) => address === each)));
    return { atOnce: mostAtOnce(entries), onOneServer: Math.max(...perServer) };
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

function mostAtOnce(entries: readonly Entry[]): number {
  let running = 0;
  let most = 0;
  for (const { what } of entries) {
    running += what === 'begin' ? 1 : -1;
    most = Math.max(most, running);
  }
  return most;
}
