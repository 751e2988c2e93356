import { expect, test } from 'vitest';
import { Refusal } from '../../../src/cli/terminal/refusal.ts';
import { logLevel, worker } from '../../../src/cli/verbs/worker.ts';
import { fakeTerminal } from '../terminal.ts';

test('a worker logs at info, or at the level that FLEETMARK_LOG_LEVEL names', () => {
  expect(logLevel({})).toBe('info');
  expect(logLevel({ FLEETMARK_LOG_LEVEL: '' })).toBe('info');
  expect(logLevel({ FLEETMARK_LOG_LEVEL: 'debug' })).toBe('debug');
});

test.each(['loud', 'INFO', '20', 'toString'])('a worker does not start with FLEETMARK_LOG_LEVEL=%s', async (level) => {
  const started = worker({}, fakeTerminal({ env: { FLEETMARK_LOG_LEVEL: level } }));
  await expect(started).rejects.toThrow(Refusal);
  await expect(started).rejects.toThrow(
    `FLEETMARK_LOG_LEVEL is "${level}": set it to one of trace, debug, info, warn, error, fatal, silent`
  );
});
