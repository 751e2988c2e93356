import { Failure } from '../failures/failure.ts';

/** Maximum output of a benchmark, for each stream. */
export const OUTPUT_LIMIT_BYTES = 256 * 1024;

/** Maximum length of the beginning and of the end that a server keeps of a long output. */
export const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** How much of each stream of a long output is kept, in bytes: its beginning and its end. */
export interface KeptOutput {
  head: number;
  tail: number;
}

/** The line that stands for what was not kept. */
export const CUT_MARK = '@@ fleetmark cut @@';

/** `256 KiB` */
export function outputLimitText(bytes = OUTPUT_LIMIT_BYTES): string {
  return `${Math.round(bytes / 1024)} KiB`;
}

/**
 * A number that is truncated, or has a second match in the missing part, would give a wrong verdict.
 * @param what - the program: `sysbench`
 * @param so - what happened to it: `, and was ended`
 */
export function tooMuchOutput(what: string, so = '', limitBytes = OUTPUT_LIMIT_BYTES): Failure {
  const limit = `more than ${outputLimitText(limitBytes)} to its standard output or error${so}`;
  const remedy = 'print less, for example with `command > file`, or say with "keep" how much of its end is needed';
  return new Failure(
    'UnreadableOutput',
    `${what} printed ${limit}: above this limit numbers are unreliable; ${remedy}`
  );
}
