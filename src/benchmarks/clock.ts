import { printable } from '../domain/values/untrusted.ts';

/** Output before it comes from a login script, and is ignored. */
const MARK = '@@ fleetmark clock @@';

/** A command (POSIX sh) that prints the time; {@link parseClock} reads its output. */
export const CLOCK_COMMAND = `printf '\\n%s %s\\n' '${MARK}' "$(date +%s 2>/dev/null)"; exit 0`;

/** Whole seconds since 1970, rounded down; null if the server does not print them. */
export function parseClock(stdout: string): number | null {
  const line = stdout.split('\n').findLast((each) => each.startsWith(MARK)) ?? '';
  const seconds = printable(line.slice(MARK.length), 20);
  return /^\d{1,12}$/.test(seconds) ? Number(seconds) : null;
}
