import type { ConfigurationSource } from '../../config/configuration-source.ts';
import type { MeasuredRun } from '../../domain/reports/read-report.ts';
import { stateFolder } from '../../temporal/state-folder.ts';
import { finishedRun, lastFinishedRun } from './finished-runs.ts';
import { readReportFile } from './read-report-file.ts';
import { openTemporal } from './temporal-session.ts';
import { messagePrinter } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Runs by id and reports by file; with neither, the last finished run of these servers. */
export interface RunsToRead {
  ids: readonly string[];
  files: readonly string[];
  serverIds: ReadonlySet<string>;
}

/**
 * Reads the reports of the given runs, without duplicates.
 * @param configuration - for the embedded Temporal
 * @throws Refusal if a run is unknown or still running, or a report is unreadable
 */
export async function readRuns(
  { ids, files, serverIds }: RunsToRead,
  configuration: ConfigurationSource,
  terminal: Terminal
): Promise<MeasuredRun[]> {
  const { env, stdin } = terminal;
  const runs: MeasuredRun[] = [];
  for (const file of new Set(files)) runs.push(await readReportFile(file, stdin));
  if (ids.length > 0 || files.length === 0) {
    const stateDir = stateFolder(env);
    const session = await openTemporal({
      configuration,
      attachToAny: true,
      env,
      stateDir,
      say: messagePrinter(terminal),
    });
    try {
      for (const id of new Set(ids)) runs.push(await finishedRun(session, id));
      if (ids.length === 0) runs.push(await lastFinishedRun(session, serverIds));
    } finally {
      await session.close();
    }
  }
  // The same run may come from Temporal and from a file.
  return [...new Map(runs.map((run) => [`${run.run} ${run.temporalRunId}`, run])).values()];
}
