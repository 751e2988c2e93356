import vm from 'node:vm';
import { Failure } from '../domain/failures/failure.ts';

const TIMEOUT_MS = 250;
const MAX_MATCHES = 100;

const script = new vm.Script(`
  (() => {
    const found = [];
    for (const match of text.matchAll(new RegExp(pattern, 'gm'))) {
      found.push([...match]);
      if (found.length === limit) break;
    }
    return found;
  })();
`);

/** One for all patterns: a pattern and a text are strings, which cannot change it. */
const context = vm.createContext({ pattern: '', text: '', limit: MAX_MATCHES });

/**
 * All matches of a pattern, each with its groups. With a timeout, because the text is untrusted: some patterns take for ever
 * on some texts, which would block the worker.
 * @throws Failure UnreadableOutput after 250 ms
 */
export function matchAll(pattern: string, text: string): string[][] {
  try {
    Object.assign(context, { pattern, text });
    const found = script.runInContext(context, { timeout: TIMEOUT_MS }) as string[][];
    return found.map((match) => [...match]);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('UnreadableOutput', `the pattern ${pattern} could not be matched: ${why}`, { cause });
  }
}
