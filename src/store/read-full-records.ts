import { gunzipSync } from 'node:zlib';
import type { Kysely } from 'kysely';
import type { RunKey } from '../domain/records/records.ts';
import type { OutputLimits, StoredOutput, StoredRecords } from '../domain/records/stored-runs.ts';
import { partsOfSize } from '../domain/values/parts.ts';
import { findRunId } from './run-id.ts';
import type { Tables } from './tables.ts';

/** Parameters of one statement. */
const SERVERS_PER_STATEMENT = 50;

/** An output has at most 64,000 characters: what is longer was not written by fleetmark. */
const MAX_BYTES = 1024 * 1024;

/**
 * All samples and outputs of a run. Of the outputs, the texts of the first servers are read, up to a limit.
 * @param serverIds - whose outputs to read, the most important first
 */
export async function readFullRecords(
  db: Kysely<Tables>,
  key: RunKey,
  { serverIds, ...limits }: OutputLimits & { serverIds: readonly string[] }
): Promise<StoredRecords> {
  const runId = await findRunId(db, key);
  if (runId === null) return { samples: [], outputs: [] };
  const rows = await db
    .selectFrom('measurements')
    .select(['server_id', 'metric', 'device', 'samples'])
    .where('run_id', '=', runId)
    .orderBy('server_id')
    .orderBy('position')
    .execute();
  const samples = rows.map(({ server_id: serverId, metric, device, samples: numbers }) => ({
    ...{ serverId, metric, device },
    samples: (JSON.parse(numbers) as (number | null)[]).map((each) => each ?? Number.NaN),
  }));
  return { samples, outputs: await readOutputs(db, runId, serverIds, limits) };
}

async function readOutputs(
  db: Kysely<Tables>,
  runId: number,
  serverIds: readonly string[],
  { maxOutput, maxAll }: OutputLimits
): Promise<StoredOutput[]> {
  const outputs: StoredOutput[] = [];
  let left = maxAll;
  for (const some of partsOfSize(serverIds, SERVERS_PER_STATEMENT)) {
    const isFull = left <= 0;
    const rows = await db
      .selectFrom('outputs')
      .select(['server_id', 'benchmark', 'tool', 'tool_version'])
      .$if(!isFull, (query) => query.select('output'))
      .where('run_id', '=', runId)
      .where('server_id', 'in', some)
      .where('output', 'is not', null)
      .orderBy('server_id')
      .orderBy('position')
      .execute();
    for (const { server_id: serverId, benchmark, tool, tool_version: toolVersion, output } of rows) {
      const text = output === undefined || output === null ? null : textOf(output);
      left -= Math.min(text?.length ?? 0, maxOutput);
      outputs.push({ serverId, benchmark, tool, toolVersion, text });
    }
  }
  return outputs;
}

/** Null: damaged. */
function textOf(output: Uint8Array): string | null {
  try {
    return gunzipSync(output, { maxOutputLength: MAX_BYTES }).toString();
  } catch {
    return null;
  }
}
