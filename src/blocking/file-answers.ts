import { Failure } from '../domain/failures/failure.ts';
import { firstOf } from '../waiting/first-of.ts';
import { blockingCalls } from './blocking-calls.ts';

const TIMEOUT_MS = 10_000;

/**
 * Resolves once the file system of a file has answered, even with an error: then the file can be read. On a dead mount,
 * each reader would block one of the few threads of this process for ever.
 * @throws Failure InvalidConfig if it does not answer in time
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
