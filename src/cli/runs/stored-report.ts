import type { ListedRun, StoredReport } from '../../domain/records/stored-runs.ts';
import type { EarlierRuns } from '../../domain/records/earlier-runs.ts';
import { isTruncated, type FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ReportFormat } from '../../reports/exports/formats.ts';
import type { ReportExtras } from '../../reports/html/extras.ts';
import type { ResultsStore } from '../../store/open-store.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { exportText, type ExportOptions } from '../options/export-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import { problemPrinter, type Terminal } from '../terminal/terminal.ts';
import { UnknownResultsStore } from './no-results.ts';
import { openResults } from './open-results.ts';
import { readRecords, sinceEarlier } from './report-extras.ts';
import { oneRun } from './stored-run.ts';

export interface FoundReport extends StoredReport {
  /** Whether a run without an end can be running. */
  canRun: boolean;
  /** If the word was `last`: a later run that has not ended. */
  newer: ListedRun | null;
}

/**
 * The report of the run that a word means, from the results store. Starts nothing.
 * @throws Refusal if there is no store, or no such run, or if there are several
 */
export async function storedReport(
  word: string,
  options: ConfigurationOptions,
  terminal: Terminal
): Promise<FoundReport> {
  const { store, canRun } = await openResults(options, terminal);
  const found = await readFound(store, word).finally(() => store.close());
  return { ...found, canRun };
}

async function readFound(store: ResultsStore, word: string): Promise<Omit<FoundReport, 'canRun'>> {
  const found = oneRun(word, await store.readReport(word));
  if (word !== 'last') return { ...found, newer: null };
  const [newest] = await store.listRuns({ limit: 1, since: null, failed: false });
  const isOther = newest?.endedAt === null && newest.temporalRunId !== found.report.temporalRunId;
  return { ...found, newer: isOther ? newest : null };
}

/** The report of a run, and what the store has besides. */
export interface FoundRecords extends FoundReport {
  /** Null: there is none, or the run has not ended. */
  earlier: EarlierRuns | null;
  /** Samples and outputs only for a format that uses them. */
  extras: ReportExtras;
}

/**
 * The report of the run that a word means, the earlier runs of the same selection, and what the formats show besides.
 * @throws Refusal as {@link storedReport}
 */
export async function storedRecords(
  word: string,
  formats: readonly ReportFormat[],
  options: ConfigurationOptions,
  terminal: Terminal
): Promise<FoundRecords> {
  const { store, canRun } = await openResults(options, terminal);
  try {
    const found = await readFound(store, word);
    const earlier = found.hasEnded ? await store.readEarlier(found.report) : null;
    const records = formats.some(({ usesRecords }) => usesRecords) ? await readRecords(store, found.report) : {};
    const extras = { ...records, ...(earlier !== null && sinceEarlier(found.report, earlier)) };
    return { ...found, canRun, earlier, extras };
  } finally {
    await store.close();
  }
}

/**
 * The report of a run that has just ended, and what the store has besides, so that its files are the same as those of
 * `report`. Without a store, or for a run that is not in it: the report itself.
 */
export async function recordsForExports(
  report: FleetReport,
  options: ConfigurationOptions & ExportOptions,
  terminal: Terminal
): Promise<Pick<FoundRecords, 'report' | 'extras'>> {
  const { exports = [] } = options;
  const formats = exports.map(({ format }) => format);
  if (formats.length === 0 || report.checkOnly) return { report, extras: {} };
  try {
    const stored = await storedRecords(report.temporalRunId, formats, options, terminal);
    if (stored.hasEnded && stored.report.temporalRunId === report.temporalRunId) return stored;
  } catch (error) {
    const isUnknown = error instanceof UnknownResultsStore;
    const isWithoutStore = !isUnknown && error instanceof Refusal && error.exitCode === exitCodes.refused;
    const lacking = exports.filter(({ format }) => format.usesEarlier || isTruncated(report)).map(exportText);
    if (!isWithoutStore && lacking.length > 0)
      problemPrinter(terminal)(
        `Written without what only the results store has: ${lacking.join(', ')}\n${(error as Error).message}`
      );
  }
  return { report, extras: {} };
}
