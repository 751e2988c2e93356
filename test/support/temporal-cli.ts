import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';

const candidates = [
  process.env['TEMPORAL_CLI'] ?? '',
  ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'temporal')),
  join(process.env['HOME'] ?? '', '.cache/fleetmark/temporal-v1.5.1'),
];

/** The Temporal CLI of this machine; null: tests that need it are skipped (`npm test` downloads it first). */
export const temporalCli = candidates.find((file) => file !== '' && existsSync(file)) ?? null;
