import { grouped } from '../../domain/values/grouped.ts';
import { newsOf, type EarlierRuns } from '../../domain/records/earlier-runs.ts';
import type { StoredOutput } from '../../domain/records/stored-runs.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { problemsFirst, type RawOutput, type ReportExtras } from '../../reports/html/extras.ts';
import { MAX_ALL_OUTPUTS, MAX_OUTPUT } from '../../reports/html/full-records.ts';
import type { ResultsStore } from '../../store/open-store.ts';

/** The samples and outputs of a run. */
export async function readRecords(
  store: ResultsStore,
  report: FleetReport
): Promise<Pick<ReportExtras, 'samples' | 'outputs'>> {
  const limits = { maxOutput: MAX_OUTPUT, maxAll: MAX_ALL_OUTPUTS };
  const { samples, outputs } = await store.readFullRecords(report, { serverIds: problemsFirst(report), ...limits });
  const ofBenchmarks = grouped(outputs, ({ serverId, benchmark }) => JSON.stringify([serverId, benchmark]));
  const titled = [...ofBenchmarks.values()].flatMap((same) =>
    same.map((each, index) => rawOutput(each, index, same.length))
  );
  return { samples, outputs: titled };
}

/** The previous run, and for how many runs servers fail. */
export function sinceEarlier(report: FleetReport, earlier: EarlierRuns): Pick<ReportExtras, 'previous' | 'failedRuns'> {
  const { stillFailing } = newsOf(report, earlier);
  return {
    previous: earlier.previous,
    failedRuns: new Map(stillFailing.map(({ serverId, runs }) => [serverId, runs])),
  };
}

/** `sysbench 1.0.20, measurement 2 of 3` */
function rawOutput(
  { serverId, benchmark, tool, toolVersion, text }: StoredOutput,
  index: number,
  of: number
): RawOutput {
  const name = [tool ?? 'command', ...(toolVersion === null ? [] : [toolVersion])].join(' ');
  const title = of === 1 ? name : `${name}, measurement ${index + 1} of ${of}`;
  return { serverId, benchmark, title, text };
}
