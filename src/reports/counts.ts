import prettyMilliseconds from 'pretty-ms';
import { MAX_EARLIER_RUNS } from '../domain/records/earlier-runs.ts';
import type { RunSelection } from '../domain/plans/plan.ts';
import type { FleetReport } from '../domain/reports/fleet-report.ts';
import { grouped } from '../domain/values/grouped.ts';
import { printable } from '../domain/values/untrusted.ts';
import { verdicts, type Verdict } from '../domain/verdicts/verdict.ts';

/** `6 pass, 2 fail, 1 error, 1 skip`, or of a check `3 ready, 1 skip`; most verdicts are omitted if they are zero. */
export function countsText({ counts, checkOnly }: Pick<FleetReport, 'counts' | 'checkOnly'>): string {
  const always: readonly Verdict[] = checkOnly ? ['pass'] : ['pass', 'fail', 'error'];
  const textOf = checkOnly ? stateText : verdictText;
  const shown = verdicts.filter((verdict) => counts[verdict] > 0 || always.includes(verdict));
  return shown.map((verdict) => `${counts[verdict]} ${textOf(verdict)}`).join(', ');
}

/** A verdict as a check shows it: "ready" instead of "pass", because nothing was measured. */
export function stateText(verdict: Verdict): string {
  return verdict === 'pass' ? 'ready' : verdictText(verdict);
}

export function verdictText(verdict: Verdict): string {
  return verdict.replace('_', ' ');
}

/** `1 server`, `10 servers` */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

/** `30s`, `1h 5m`: the two largest units, in whole seconds. */
export function durationText(seconds: number): string {
  const whole = Math.round(Math.max(0, seconds));
  return whole === 0 ? '0s' : prettyMilliseconds(whole * 1000, { secondsDecimalDigits: 0, unitCount: 2 });
}

/** `random sample of 43 servers; select the same ones with --sample 5 --seed 12345`; null without a sample. */
export function sampleText(selection: RunSelection | undefined): string | null {
  if (!selection || selection.sample === null) return null;
  const { of, sample, seed } = selection;
  return `random sample of ${plural(of, 'server')}; select the same ones with --sample ${sample} --seed ${seed}`;
}

/**
 * `passed without gpu: 4`: how many servers passed but skipped a benchmark: normal for most fleets, a warning sign for a
 * GPU fleet.
 */
export function passedWithout({ servers }: FleetReport): string[] {
  const passed = servers.filter(({ verdict }) => verdict === 'pass').flatMap(({ benchmarks }) => benchmarks);
  const skipped = passed.filter(({ verdict }) => verdict === 'skip');
  return [...grouped(skipped, (row) => row.benchmark)].map(
    ([benchmark, rows]) => `passed without ${printable(benchmark, 60)}: ${rows.length}`
  );
}

/** `default 4, h100x8 2`: how many servers each hardware class has; null if there is only one class. */
export function classesText({ servers }: FleetReport): string | null {
  const counts = new Map<string, number>();
  for (const { hardwareClass } of servers) {
    if (hardwareClass !== null) counts.set(hardwareClass, (counts.get(hardwareClass) ?? 0) + 1);
  }
  if (counts.size < 2) return null;
  return [...counts].map(([name, count]) => `${printable(name, 60)} ${count}`).join(', ');
}

/** `3 runs`; earlier ones than {@link MAX_EARLIER_RUNS} are not read. */
export function runsInARowText(runs: number): string {
  return runs > MAX_EARLIER_RUNS ? `more than ${MAX_EARLIER_RUNS} runs` : plural(runs, 'run');
}
