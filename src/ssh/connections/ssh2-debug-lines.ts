import { printable } from '../../domain/values/untrusted.ts';
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

/** Logs the debug lines of ssh2: connection set-up at level debug, packets at level trace. */
export function ssh2Logger(log: Logger): (line: string) => void {
  let lines = 0;
  return (line) => {
    const level = line.includes('CHANNEL_') ? 'trace' : 'debug';
    if (lines > MAX_LINES || !log.isLevelEnabled(level)) return;
    lines += 1;
    if (lines <= MAX_LINES) log[level]({ ssh2: line.slice(0, MAX_LINE_LENGTH) }, 'ssh2');
    else log.debug(`no more lines of ssh2 about this connection: it wrote ${MAX_LINES}`);
  };
}
