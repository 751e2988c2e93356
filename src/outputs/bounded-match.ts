import vm from 'node:vm';
import { Failure } from '../domain/failures/failure.ts';
import type { Match, MatchPattern } from './match-pattern.ts';
import { startWorkingTime } from './working-time.ts';

const TIMEOUT_MS = 500;
/** A long output takes longer: about 20 ms for each megabyte on a slow machine. */
const TIMEOUT_MS_PER_CHARACTER = 20 / 1_000_000;
/** So a starved worker is blocked for 5 s at most. */
const MAX_ATTEMPTS = 10;
const MAX_MATCHES = 20_000;
const SOME = 1_000;

const script = new vm.Script(`
  (() => {
    const found = [];
    for (const match of text.matchAll(new RegExp(pattern, 'dgm'))) {
      if (which === 'last') found.length = 0;
      if (which === 'some' && found.length === some) break;
      if (found.length === limit) return null;
      const span = (text, place) => (place === undefined ? null : { text, start: place[0], end: place[1] });
      const [whole, ...groups] = [...match].map((text, index) => span(text, match.indices[index]));
      const names = Object.keys(match.groups ?? {});
      const named = names.map((name) => [name, span(match.groups[name], match.indices.groups[name])]);
      found.push({ whole, groups, named: Object.fromEntries(named) });
    }
    return JSON.stringify(found);
  })();
`);

/** Stops code of any context: the timeout is that of the thread. */
const runWork = new vm.Script('work()');

/** One for all patterns: a pattern and a text are strings, which cannot change it. */
const context = vm.createContext({ pattern: '', text: '', which: '', limit: MAX_MATCHES, some: SOME, work: () => {} });

/**
 * All matches of a pattern, the last one, or some. With a timeout, because the text is untrusted: some patterns take for ever on some
 * texts, which would block the worker.
 * @throws Failure UnreadableOutput after 500 ms of work, or more for a long text, and for more than 20,000 matches
 */
export const matchPattern: MatchPattern = (pattern, text, which) => {
  let found: unknown;
  try {
    Object.assign(context, { pattern, text, which });
    found = runWithin(timeoutFor(text.length), script);
  } catch (cause) {
    throw new Failure('UnreadableOutput', `the pattern ${pattern} could not be matched: ${whyOf(cause)}`, { cause });
  } finally {
    context['text'] = ''; // it may be long
  }
  if (typeof found === 'string') return JSON.parse(found) as Match[];
  throw new Failure('UnreadableOutput', `the pattern ${pattern} matches more than ${MAX_MATCHES} times`);
};

/** Runs work on an untrusted text of that length. @throws Failure UnreadableOutput after the time of a pattern */
export function withinTime<Result>(length: number, work: () => Result): Result {
  let result: { value: Result } | undefined;
  try {
    context['work'] = (): void => void (result = { value: work() });
    runWithin(timeoutFor(length), runWork);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('UnreadableOutput', `the output could not be read: ${whyOf(cause)}`, { cause });
  } finally {
    context['work'] = (): void => {};
  }
  return result!.value;
}

/**
 * Runs a script with a timeout, and again if it had a CPU for less than half of that time: on a busy machine the timeout passes
 * while the script waits.
 */
function runWithin(timeoutMs: number, code: vm.Script): unknown {
  const workedMs = startWorkingTime();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return code.runInContext(context, { timeout: timeoutMs });
    } catch (cause) {
      if (!isTimeout(cause) || attempt === MAX_ATTEMPTS || workedMs() > timeoutMs / 2) throw cause;
    }
  }
}

function isTimeout(cause: unknown): boolean {
  return (cause as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

function whyOf(cause: unknown): string {
  if (isTimeout(cause)) return 'it takes too long';
  const { message = '' } = cause as { message?: string };
  return /call stack/.test(message) ? 'it is nested too deeply' : message;
}

function timeoutFor(length: number): number {
  return TIMEOUT_MS + Math.round(length * TIMEOUT_MS_PER_CHARACTER);
}
