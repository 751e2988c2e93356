import { gzipSync } from 'node:zlib';
import type { Insertable, Transaction } from 'kysely';
import type { BenchmarkRecord, ServerRecord } from '../domain/records/records.ts';
import { partsOfSize } from '../domain/values/parts.ts';
import { limitsOf } from '../domain/verdicts/expectation.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import { ROWS_PER_STATEMENT } from './many-rows.ts';
import { runIdOf } from './run-id.ts';
import { storable } from './storable.ts';
import type { Tables } from './tables.ts';
import { writeRows } from './write-rows.ts';

/** Maximum length of the output of one measurement, before it is compressed. */
const MAX_OUTPUT_CHARACTERS = 64_000;

/** Writes the complete result of a server. */
export async function writeServer(tx: Transaction<Tables>, isSqlite: boolean, record: ServerRecord): Promise<void> {
  const runId = await runIdOf(tx, record, record.runStartedAt);
  const { row, benchmarks } = record;
  await writeRows(tx, isSqlite, { runId, rows: [row], isFinal: false });
  const ofServer = { run_id: runId, server_id: row.serverId };
  const measurements = benchmarks.flatMap((each) => measurementRows(each, row));
  const outputs = benchmarks.flatMap(outputRows);
  await replace(tx, 'measurements', ofServer, measurements);
  await replace(tx, 'outputs', ofServer, outputs);
}

type Positioned = 'run_id' | 'server_id' | 'position';
type MeasurementRow = Omit<Insertable<Tables['measurements']>, Positioned>;
type OutputRow = Omit<Insertable<Tables['outputs']>, Positioned>;

function measurementRows({ benchmark, expected, measurements }: BenchmarkRecord, row: ServerRow): MeasurementRow[] {
  const devices = row.benchmarks.find((each) => each.benchmark === benchmark)?.devices ?? [];
  return measurements.map(({ metric, device, unit, better, samples, value, spread }) => {
    const limits = expected[metric] === undefined ? [] : limitsOf(expected[metric], better);
    const limit = (comparison: string): number | null =>
      limits.find((each) => each.comparison === comparison)?.expected ?? null;
    const known = device === null ? undefined : devices.find((each) => each.device === device);
    return {
      ...{ benchmark: storable(benchmark), metric: storable(metric), device, unit: storable(unit), better },
      ...{ device_address: storable(known?.address ?? null), device_uuid: storable(known?.uuid ?? null) },
      ...{ median: finite(value), spread: finite(spread), limit_min: limit('>='), limit_max: limit('<=') },
      samples: JSON.stringify(samples),
    };
  });
}

function outputRows({ benchmark, results }: BenchmarkRecord): OutputRow[] {
  return results.map(({ tool, toolVersion, jobId, seconds, error, evidence, raw }) => ({
    ...{ benchmark: storable(benchmark), tool: storable(tool), tool_version: storable(toolVersion ?? null) },
    ...{ job_id: jobId ?? null, seconds, error_type: storable(error?.type ?? null) },
    evidence: evidence === undefined ? null : JSON.stringify(evidence),
    output: raw === undefined ? null : gzipSync(raw.slice(0, MAX_OUTPUT_CHARACTERS)),
  }));
}

/** Replaces the rows of a server in one of these tables. */
async function replace(
  tx: Transaction<Tables>,
  table: 'measurements' | 'outputs',
  ofServer: { run_id: number; server_id: string },
  rows: readonly (MeasurementRow | OutputRow)[]
): Promise<void> {
  const { run_id: runId, server_id: serverId } = ofServer;
  await tx.deleteFrom(table).where('run_id', '=', runId).where('server_id', '=', serverId).execute();
  const placed = rows.map((row, position) => ({ ...ofServer, position, ...row }));
  for (const some of partsOfSize(placed, ROWS_PER_STATEMENT)) {
    await tx.insertInto(table).values(some).execute();
  }
}

function finite(value: number | null): number | null {
  return Number.isFinite(value) ? value : null;
}
