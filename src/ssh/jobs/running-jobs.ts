import type { Answer } from './answer-reader.ts';
import { invalidAnswer } from './job-names.ts';

/** A run starts one job at a time on a server; a few more can be left of retries. */
const MAX_RUNNING = 100;

/**
 * The running jobs in the answer of `clean`: the job PREFIX, and jobs `PREFIX.*`. Untrusted: each is cancelled by a script of its
 * own. @throws Failure HostUnsuitable for other names, and for more than 100
 */
export function runningJobs({ values, out }: Answer, prefix: string): string[] {
  if (values.get('running') === '0') return [];
  const names = out
    .toString('latin1')
    .split('\n', MAX_RUNNING + 2)
    .filter(Boolean);
  const isOurs = (name: string): boolean => name === prefix || name.startsWith(`${prefix}.`);
  if (values.get('running') === '1' && names.length <= MAX_RUNNING && names.every(isOurs)) return names;
  throw invalidAnswer('clean', values);
}
