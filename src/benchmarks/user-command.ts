import type { PatternMetric, UserCommand } from '../domain/plans/configuration.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { Reading } from '../domain/measurements/measurement.ts';
import { decimal, printable } from '../domain/values/untrusted.ts';

/**
 * Returns all matches of a regular expression (flags `g` and `m`) in a text, each with its groups. A parameter, because
 * some patterns take forever on some texts: the caller applies a timeout.
 */
export type MatchPattern = (pattern: string, text: string) => readonly (readonly string[])[];

/**
 * One reading per metric of a user-defined command, from the only match of its pattern: from the first group, or from the
 * whole match if there is no group.
 * @throws Failure UnreadableOutput if a pattern does not match exactly once, or matches something that is not a number
 */
export function readPatterns(command: UserCommand, stdout: string, match: MatchPattern): Reading[] {
  return command.metrics.map((metric) => readPattern(metric, stdout, match));
}

function readPattern({ pattern, metric, unit, better }: PatternMetric, stdout: string, match: MatchPattern): Reading {
  const matches = match(pattern, stdout);
  const [found] = matches;
  if (found === undefined || matches.length !== 1) {
    const times = matches.length === 0 ? 'nothing' : `${matches.length} times, not once,`;
    throw new Failure('UnreadableOutput', `${metric}: the pattern ${pattern} matches ${times} in ${shown(stdout)}`);
  }
  const text = (found.length > 1 ? found[1] : found[0]) ?? '';
  const value = decimal(text);
  if (value === null) {
    const what = `${shown(text)}, which is not a plain number, in ${shown(stdout)}`;
    throw new Failure('UnreadableOutput', `${metric}: the pattern ${pattern} finds ${what}`);
  }
  return { metric, unit, better, device: null, value };
}

function shown(text: string): string {
  const start = printable(text, 160);
  return start === '' ? 'an empty text' : `"${start}"`;
}
