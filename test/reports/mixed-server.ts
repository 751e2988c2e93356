import type { Reading } from '../../src/domain/measurements/measurement.ts';
import type { ServerRow } from '../../src/domain/verdicts/server-row.ts';
import { events, judgedServer, outcome } from './example-report.ts';

const eccErrors: Reading = { metric: 'ram.ecc_errors', unit: 'errors', better: 'lower', device: null, value: 4 };
const diskSpeed: Reading = { metric: 'disk.read', unit: 'MB/s', better: 'higher', device: null, value: 900 };

/** A failed server with 22 benchmarks: 19 errors, then two that are slow, then one with wrong results. */
export function mixedServer(): ServerRow {
  const names = Array.from({ length: 19 }, (_, index) => `tool${index + 1}`);
  const errors = names.map((name) => [name, outcome([], { type: 'UnreadableOutput', message: 'no number' })] as const);
  const judged = { cpu: outcome(events(3912)), disk: outcome([diskSpeed]), ram: outcome([eccErrors]) };
  return judgedServer(
    'web-1',
    { ...Object.fromEntries(errors), ...judged },
    { 'cpu.events_per_second': { min: 7200 }, 'disk.read': { min: 1000 }, 'ram.ecc_errors': { max: 0 } }
  );
}

/** The failures of that server, in the order of every report. */
export const mixedFailures = [
  'ram.ecc_errors 4 of <= 0 errors',
  'cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)',
  'disk.read 900 of >= 1,000 MB/s (90 %)',
] as const;
