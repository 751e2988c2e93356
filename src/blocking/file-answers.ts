import { Failure } from '../domain/failures/failure.ts';
import { firstOf } from '../waiting/first-of.ts';
import { blockingCalls } from './blocking-calls.ts';

const TIMEOUT_MS = 10_000;

/**
 * Resolves once the file system of a file answers anything: then the file may be read. On a dead mount each
 * reader would hold one of the few threads of this process for ever.
 * @throws Failure InvalidConfig where it does not
 */
export async function fileAnswers(
  file: string,
  touch: (file: string) => Promise<void> = (path) => blockingCalls.touch(path),
  ms = TIMEOUT_MS
): Promise<void> {
  const answer = await firstOf([touch(file).catch(() => {})], { ms });
  if (answer !== 'timeout') return;
  const why = `${file} did not answer within ${ms / 1000} s: is its file system mounted, and its server up?`;
  throw new Failure('InvalidConfig', why);
}
