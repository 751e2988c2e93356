import { printable } from '../domain/values/untrusted.ts';

export type Path = readonly (string | number)[];

/** A mistake in a file, and where it is. */
export interface Problem {
  path: Path;
  /** Follows the path: `unknown key; did you mean "samples"?` */
  message: string;
  /** The key itself is wrong, not its value. */
  atKey?: boolean;
}

/** `benchmarks.cpu.samples`, `ssh.knownHosts[1]`, `servers."a b"`. */
export function pathText(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      return (index === 0 ? '' : '.') + (/^[\w.-]{1,100}$/.test(step) ? step : quoted(step));
    })
    .join('');
}

export function problemText({ path, message }: Problem): string {
  return path.length === 0 ? message : `${pathText(path)}: ${message}`;
}

/** Safe for a terminal and a log: in quotes, on one line, at most 60 characters, without the password of `a:b@web-1`. */
export function quoted(value: unknown): string {
  const written = typeof value === 'string' ? value : String(JSON.stringify(value));
  const text = written.replace(/^((?:ssh:\/\/)?[^\s:@/]*):[^\s@]*@/i, '$1:***@');
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  const line = typeof value === 'string' ? JSON.stringify(short) : short;
  return line.replace(/[\p{C}\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Like {@link quoted}, without the value after a `=`, which may be a password: `web-1 ansible_password=...` */
export function quotedName(text: string): string {
  const end = text.indexOf('=') + 1;
  return quoted(end === 0 ? text : `${text.slice(0, end)}...`);
}

/** Finding the position of a problem takes time, so only these many problems get one. */
export const MAX_PLACED_PROBLEMS = 200;

/** One line per problem: the first ones, and the number of further problems. */
export function listed(lines: readonly string[], unplaced = 0, maxLines = 20): string {
  const more = Math.max(lines.length - maxLines, 0) + unplaced;
  const shown = lines.slice(0, maxLines).map((line) => printable(line, 1000));
  return [...shown, ...(more > 0 ? [`... and ${more} more`] : [])].join('\n');
}
