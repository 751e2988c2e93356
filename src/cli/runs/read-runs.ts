import type { ConfigurationSource } from '../../config/configuration-source.ts';
import type { MeasuredRun } from '../../domain/reports/read-report.ts';
import type { ResultsStore } from '../../store/open-store.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { MAX_RUNS_READ, measuredOneOf, noRunRefusal } from './measured-runs.ts';
import { NoResultsStore, NoResultsYet } from './no-results.ts';
import { openResults } from './open-results.ts';
import { readReportFile } from './read-report-file.ts';
import { oneRun } from './stored-run.ts';
import { printableIds } from './unfinished-runs.ts';

/** Runs by id and reports by file; with neither, the last finished run of these servers. */
interface RunsToRead {
  ids: readonly string[];
  files: readonly string[];
  serverIds: ReadonlySet<string>;
}

/** The options that find the results, and the configuration that they name. */
interface RunSources {
  options: ConfigurationOptions;
  configuration: ConfigurationSource;
}

/**
 * Reads the reports of the given runs, without duplicates: from the results store, or from Temporal if there is none.
 * @throws Refusal if a run is unknown or still running, or a report is unreadable
 */
export async function readRuns(
  { ids, files, serverIds }: RunsToRead,
  sources: RunSources,
  terminal: Terminal
): Promise<MeasuredRun[]> {
  const runs: MeasuredRun[] = [];
  for (const file of new Set(files)) runs.push(await readReportFile(file, terminal.stdin));
  if (ids.length > 0 || files.length === 0)
    runs.push(...(await recordedRuns([...new Set(ids)], serverIds, sources, terminal)));
  // The same run may have two names, and come from a file, too.
  return [...new Map(runs.map((run) => [`${run.run} ${run.temporalRunId}`, run])).values()];
}

async function recordedRuns(
  ids: readonly string[],
  serverIds: ReadonlySet<string>,
  { options, configuration }: RunSources,
  terminal: Terminal
): Promise<MeasuredRun[]> {
  try {
    const { store } = await openResults(options, terminal);
    return await storedRuns(store, ids, serverIds).finally(() => store.close());
  } catch (error) {
    if (error instanceof NoResultsYet && ids.length === 0) throw noRunRefusal();
    if (!(error instanceof NoResultsStore)) throw error;
    const { runsInTemporal } = await import('./runs-in-temporal.ts'); // loads the SDK
    return runsInTemporal(ids, serverIds, configuration, terminal);
  }
}

async function storedRuns(
  store: ResultsStore,
  ids: readonly string[],
  serverIds: ReadonlySet<string>
): Promise<MeasuredRun[]> {
  if (ids.length === 0) return [await lastStored(store, serverIds)];
  const runs: MeasuredRun[] = [];
  for (const id of ids) {
    const { report, hasEnded } = oneRun(id, await store.readReport(id));
    if (!hasEnded) throw new Refusal(`${printableIds(report.run)} has not ended: wait for its end`);
    runs.push(report);
  }
  return runs;
}

async function lastStored(store: ResultsStore, serverIds: ReadonlySet<string>): Promise<MeasuredRun> {
  const listed = await store.listRuns({ limit: MAX_RUNS_READ, since: null, failed: false });
  for (const { temporalRunId, endedAt } of listed) {
    if (endedAt === null) continue;
    const { report } = oneRun(temporalRunId, await store.readReport(temporalRunId));
    if (measuredOneOf(serverIds, report)) return report;
  }
  throw noRunRefusal();
}
