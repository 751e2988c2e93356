import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { benchmarkOf, type Entry } from './ledger.ts';
import type { Round } from './round.ts';

/** The outcome of the benchmarks of one round. */
export interface Outcome {
  started: number;
  finishedOnce: number;
  /** The number of benchmarks without the required result. */
  lost: number;
  /** The number of starts after the first one of each benchmark. */
  repeated: number;
  /** The number of processes and folders of jobs that remain. */
  leftBehind: number;
  /** Everything that is wrong, as sentences. */
  complaints: string[];
}

/** The effects that a fault may have. */
export interface Expected {
  /** For the table. */
  text: string;
  /** The number of repeated starts in each round. */
  repeated?: number;
  /** Any number of repeated starts is accepted. The row of the server must always report them. */
  mayRepeat?: true;
  /** The error of the benchmarks on the server that has the fault. */
  error?: { serverId: string; type: string };
  /** The run is cancelled: earlier results stay in the report, the other benchmarks have none. */
  cancelled?: true;
  /** A benchmark may be inconclusive after it was measured once more, because the server was not quiet. */
  mayBeInconclusive?: true;
  /** No benchmark may start. */
  nothingStarts?: true;
}

/** Judges a finished round, after all networks are repaired. */
export function outcomeOf(round: Round, report: FleetReport | null, expected: Expected): Outcome {
  const ledger = round.ledger();
  const outcome = { started: 0, finishedOnce: 0, lost: 0, repeated: 0, leftBehind: 0, complaints: [] as string[] };
  const complain = (what: string): void => void outcome.complaints.push(what);
  for (const { serverId } of round.servers) {
    const names = Object.keys(round.benchmarks);
    names.forEach((benchmark, index) => {
      const [starts, ends] = count(ledger, serverId, benchmark);
      const verdict = verdictOf(report, serverId, benchmark);
      outcome.started += Math.min(1, starts);
      outcome.repeated += Math.max(0, starts - 1);
      if (starts === 1 && ends === 1 && verdict === 'pass') outcome.finishedOnce += 1;
      const next = names[index + 1];
      const needsResult = !expected.cancelled || (next !== undefined && count(ledger, serverId, next)[0] > 0);
      if (!needsResult || verdict === 'pass' || verdict === expectedError(expected, serverId)) return;
      if (expected.mayBeInconclusive && verdict === 'Inconclusive') return;
      outcome.lost += 1;
      complain(`${serverId} ${benchmark}: ${verdict}, started ${starts} times, ended ${ends} times`);
    });
  }
  for (const repeat of unreportedRepeats(ledger, report)) complain(repeat);
  const mayRepeat = expected.mayRepeat || expected.mayBeInconclusive;
  if (!mayRepeat && outcome.repeated !== (expected.repeated ?? 0))
    complain(`${outcome.repeated} repeated: ${starts(ledger)}`);
  if (expected.nothingStarts && outcome.started > 0) complain(`${outcome.started} started: ${starts(ledger)}`);
  const runs = new Set(ledger.map(({ jobId }) => jobId.split('.')[0]!));
  for (const server of round.servers) {
    const left = [
      ...server.jobFolders(runs).map((name) => `folder ${name}`),
      ...server.jobProcesses().map((pid) => `process ${pid}`),
    ];
    outcome.leftBehind += left.length;
    if (left.length > 0) complain(`left on ${server.serverId}: ${left.join(', ')}`);
  }
  const rows = report?.servers ?? [];
  // A run that is cancelled before it has planned its servers has no report.
  const mayHaveNoReport = expected.cancelled && outcome.started === 0;
  if (rows.length !== round.servers.length && !mayHaveNoReport) complain(`the report has ${rows.length} rows`);
  for (const { serverId, notes } of rows) {
    if (expected.error?.serverId === serverId) continue; // it could not be released
    for (const note of notes) if (/^leftover: (?!none$)/.test(note)) complain(`${serverId} says ${note}`);
  }
  for (const pair of concurrentCommands(ledger)) complain(pair);
  return outcome;
}

/** Benchmarks that started more than once, although their row does not report it. */
function unreportedRepeats(ledger: readonly Entry[], report: FleetReport | null): string[] {
  const all = ledger.filter(({ what }) => what === 'start');
  const again = all.filter((entry, index) =>
    all.slice(0, index).some((each) => each.serverId === entry.serverId && benchmarkOf(each) === benchmarkOf(entry))
  );
  return again.flatMap((entry) => {
    const row = report?.servers.find(({ serverId }) => serverId === entry.serverId);
    const note = `${benchmarkOf(entry)} was measured again`;
    if (row?.notes.some((each) => each.startsWith(note))) return [];
    return [`${entry.jobId} on ${entry.serverId} was repeated, and its row does not say so: ${row?.notes.join('; ')}`];
  });
}

function expectedError({ error }: Expected, serverId: string): string | null {
  return error?.serverId === serverId ? error.type : null;
}

/** `pass`, or the error type. */
function verdictOf(report: FleetReport | null, serverId: string, benchmark: string): string {
  const row = report?.servers.find((each) => each.serverId === serverId);
  const found = row?.benchmarks.find((each) => each.benchmark === benchmark);
  if (found === undefined) return row?.error?.type ?? `${row?.verdict ?? 'no row'}, no result`;
  return found.error?.type ?? found.verdict;
}

function count(ledger: readonly Entry[], serverId: string, benchmark: string): [number, number] {
  const own = ledger.filter((entry) => entry.serverId === serverId && benchmarkOf(entry) === benchmark);
  const starts = own.filter(({ what }) => what === 'start').length;
  return [starts, own.length - starts];
}

/** Commands that ended after the next one on the same server had begun. */
function concurrentCommands(ledger: readonly Entry[]): string[] {
  return ledger.flatMap((end, index) => {
    if (end.what === 'start') return [];
    const start = ledger.findIndex((entry) => entry.what === 'start' && entry.jobId === end.jobId);
    const between = ledger.slice(start + 1, index).filter(({ serverId }) => serverId === end.serverId);
    return between.map(({ what, jobId }) => `on ${end.serverId}, ${end.jobId} was not over at the ${what} of ${jobId}`);
  });
}

function starts(ledger: readonly Entry[]): string {
  const all = ledger.filter(({ what }) => what === 'start');
  return all.map(({ jobId, serverId }) => `${jobId} on ${serverId}`).join(', ');
}
