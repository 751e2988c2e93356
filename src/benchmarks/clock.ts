import { printable } from '../domain/values/untrusted.ts';

/** What a login script prints comes before it, and is ignored. */
const MARK = '@@ fleetmark clock @@';

/** POSIX sh; {@link parseClock} reads its answer. */
export const CLOCK_COMMAND = `printf '\\n%s %s\\n' '${MARK}' "$(date +%s 2>/dev/null)"; exit 0`;

/** Whole seconds since 1970, rounded down; null where the server does not tell. */
export function parseClock(stdout: string): number | null {
  const line = stdout.split('\n').findLast((each) => each.startsWith(MARK)) ?? '';
  const seconds = printable(line.slice(MARK.length), 20);
  return /^\d{1,12}$/.test(seconds) ? Number(seconds) : null;
}
