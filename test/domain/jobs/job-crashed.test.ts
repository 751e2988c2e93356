import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { killedBy } from '../../../src/domain/jobs/job-crashed.ts';

const none = { quotaCpus: null, cpuSeconds: null, memoryKib: null };

/** The signal that ends an endless shell loop under a ulimit. */
function signalBelow(limit: string, work: string): string | null {
  return spawnSync('/bin/sh', ['-c', `${limit}; exec /bin/sh -c '${work}'`], { timeout: 20_000 }).signal;
}

test.each([
  ['ulimit -S -t 1', 'while :; do :; done', 'was killed by the CPU time limit of 1 s per process (ulimit -t)'],
  ['ulimit -t 1', 'while :; do :; done', 'was killed by SIGKILL, probably by the CPU time limit of 1 s per process'],
  [
    'ulimit -f 1',
    'exec head -c 100000 /dev/zero >/tmp/fleetmark-xfsz',
    'was killed by the file size limit (ulimit -f)',
  ],
])('a process ended by %s is reported as killed by that limit', (limit, work, said) => {
  const signal = signalBelow(limit, work);
  expect(killedBy(signal, { ...none, cpuSeconds: limit.includes('-t') ? 1 : null })).toContain(said);
});

test('without a limit, only the signal is reported', () => {
  expect(killedBy('SIGKILL', none)).toBe('was killed by SIGKILL');
  expect(killedBy('SIGXCPU', null)).toContain('the CPU time limit per process');
  expect(killedBy(null, null)).toBe('was killed by a signal');
});
