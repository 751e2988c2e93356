import { expect, test } from 'vitest';
import { stepText } from '../../../src/cli/runs/server-steps.ts';

test.each([
  ['benchmarkCpu', 'cpu', { benchmark: 'cpu', sample: '2 of 3' }, 'cpu, sample 2 of 3'],
  ['benchmarkCommand', 'disk#2', null, 'disk'],
  ['benchmarkGpu', 'gpu#collect', { jobId: 'x' }, 'gpu'],
  ['prepareServer', 'prepare', null, 'connecting'],
  ['releaseServer', 'release', { folder: '/var/tmp' }, 'cleaning up'],
  ['recordServer', 'record', null, null],
  ['benchmarkCpu', 'cpu', { sample: '1 of 3\u001b[2J' }, 'cpu, sample 1 of 3 [2J'],
])('the activity %s with the id %s is shown as what it does', (activity, id, heartbeat, text) => {
  expect(stepText(activity, id, heartbeat)).toBe(text);
});
