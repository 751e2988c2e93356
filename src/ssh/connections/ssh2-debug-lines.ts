import { printable } from '../../domain/values/untrusted.ts';
import { outsideLogContext } from '../../logging/context.ts';
import type { Logger } from '../../logging/logger.ts';

/** The usual names of lists that ssh2 names differently. */
const USUAL_NAMES: Record<string, string> = { 'KEX method': 'key exchange', 'Host key format': 'host key' };
const MAX_NAMES = 5;

/** The algorithms that a handshake compared last. ssh2 reports them only in its debug lines. */
export class AlgorithmLists {
  #kind = '';
  readonly #names = { local: [] as string[], remote: [] as string[] };

  /** @param line - a debug line of ssh2: `Handshake: (remote) C->S cipher: aes128-ctr,aes256-ctr` */
  push(line: string): void {
    const [, side, kind, names] = /^Handshake: \((local|remote)\) (?:[CS]->[CS] )?([^:]+): (.*)$/.exec(line) ?? [];
    if (kind === undefined) return;
    this.#kind = USUAL_NAMES[kind] ?? kind;
    this.#names[side as 'local' | 'remote'] = names!.split(',').filter(isAlgorithm);
  }

  /** Reports that the two lists have nothing in common. Untrusted: the server chooses the remote names. */
  get mismatch(): string {
    const { local, remote } = this.#names;
    const sha1 = remote.some((name) => name === 'ssh-rsa' || /sha1\b/.test(name)) ? '; SHA-1 is disabled' : '';
    return `no common ${this.#kind} algorithm: it offers ${list(remote)}; supported are ${list(local)}${sha1}`;
  }
}

/** The key exchange lists also contain markers of extensions. */
function isAlgorithm(name: string): boolean {
  return !/^(?:ext-info|kex-strict)-/.test(name);
}

function list(names: readonly string[]): string {
  const shown = printable(names.slice(0, MAX_NAMES).join(', '), 200);
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}

/** Per connection, since a server can make ssh2 write any number of lines of any length. */
const MAX_LINES = 500;
const MAX_LINE_LENGTH = 1000;

/**
 * Logs the debug lines of ssh2: connection set-up at level debug, packets at level trace. The lines of one turn of the event
 * loop share an entry, since an entry costs far more than a line.
 */
export class Ssh2DebugLines {
  readonly #log: Logger;
  #count = 0;
  #waiting: string[] = [];

  constructor(log: Logger) {
    this.#log = log;
  }

  push(line: string): void {
    const isPacket = line.includes('CHANNEL_');
    if (this.#count > MAX_LINES || !this.#log.isLevelEnabled(isPacket ? 'trace' : 'debug')) return;
    this.#count += 1;
    if (isPacket || this.#count > MAX_LINES) this.write();
    if (this.#count > MAX_LINES) {
      this.#log.debug(`no more lines of ssh2 about this connection: it wrote ${MAX_LINES}`);
    } else if (isPacket) {
      this.#log.trace({ ssh2: [line.slice(0, MAX_LINE_LENGTH)] }, 'ssh2');
    } else {
      if (this.#waiting.length === 0) setImmediate(() => this.write());
      this.#waiting.push(line.slice(0, MAX_LINE_LENGTH));
    }
  }

  /** Writes the lines that wait for the end of this turn, without the log context of whoever sent a packet. */
  write(): void {
    const ssh2 = this.#waiting;
    this.#waiting = [];
    if (ssh2.length > 0) outsideLogContext(() => this.#log.debug({ ssh2 }, 'ssh2'));
  }
}
