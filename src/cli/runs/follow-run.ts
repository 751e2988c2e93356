import { QueryNotRegisteredError, type WorkflowHandle } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { FleetProgress } from '../../domain/reports/fleet-progress.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { endOfRun, fetchFullReport } from './end-of-run.ts';
import { printableIds } from './unfinished-runs.ts';

/** Each poll costs Temporal and the worker about 10 ms of CPU time. */
const MIN_POLL_MS = 500;
const MAX_POLL_MS = 2_000;

/** What is known of a run from its progress so far. */
export interface RunSnapshot {
  /** The final rows of servers that have ended. */
  rows: ServerRow[];
  serverIds: string[] | null;
  /** Servers that were running at the last answer. */
  running: string[];
  /** Rows that had ended but were not final at the last answer. */
  provisional: ServerRow[];
}

export function emptySnapshot(): RunSnapshot {
  return { rows: [], serverIds: null, running: [], provisional: [] };
}

export interface Follower {
  show: (progress: FleetProgress) => void;
  /** Called each time a worker answers a query. */
  answered: () => void;
  /** Resolves with a message when the embedded Temporal has ended. */
  lost: Promise<string>;
}

/**
 * Waits for the end of a run and shows its progress. Waits as well while Temporal is unavailable.
 * @param snapshot - kept up to date
 * @throws Refusal if the run was refused (exit code 2), ended without a report, or its Temporal has ended (3)
 */
export async function followRun(
  handle: WorkflowHandle,
  snapshot: RunSnapshot,
  follower: Follower
): Promise<FleetReport> {
  const ended = new AbortController();
  void watch(handle, snapshot, follower, ended.signal);
  const lost = follower.lost.then((why) => {
    const what = `${why} before the run ${printableIds(handle.workflowId)} ended`;
    throw new Refusal(`${what}\nResume it: ${ownCommand('run', '--resume')}`, exitCodes.unjudged);
  });
  const end = endOfRun(handle, ended.signal);
  end.catch(() => undefined); // it may reject after `lost` has won the race
  try {
    const report = await Promise.race([end, lost]);
    ended.abort();
    return await fetchFullReport(handle, report, snapshot.rows);
  } finally {
    ended.abort();
  }
}

/** Polls the progress until `ended`: the longer no server has ended, the less often. */
async function watch(
  handle: WorkflowHandle,
  snapshot: RunSnapshot,
  { show, answered }: Follower,
  ended: AbortSignal
): Promise<void> {
  let lastNews = performance.now();
  while (!ended.aborted) {
    try {
      // By name: importing the query definition would load the workflow library.
      const progress: FleetProgress = await handle.query<FleetProgress, [number, boolean]>(
        'progress',
        snapshot.rows.length,
        snapshot.serverIds === null
      );
      if (ended.aborted) return;
      update(snapshot, progress);
      if (progress.rows.length > 0) lastNews = performance.now();
      answered();
      show(progress);
    } catch (error) {
      // `endOfRun` waits for the end, and the next answer repeats everything. A single `benchmarkServer` has no such query.
      if (error instanceof QueryNotRegisteredError) answered();
    }
    const pollMs = Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, (performance.now() - lastNews) / 10));
    await delay(pollMs, undefined, { signal: ended }).catch(() => undefined);
  }
}

function update(snapshot: RunSnapshot, { rows, serverIds, running, provisional = [] }: FleetProgress): void {
  snapshot.rows.push(...rows);
  snapshot.serverIds = serverIds ?? snapshot.serverIds;
  snapshot.running = running.map(({ serverId }) => serverId);
  snapshot.provisional = provisional;
}
