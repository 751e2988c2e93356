import type { FleetReport } from '../domain/fleet-report.ts';
import { verdicts } from '../domain/verdict.ts';
import type { Verdict, VerdictCounts } from '../domain/verdict.ts';

/** What verdicts are called in a sentence. */
const words: Partial<Record<Verdict, string>> = { not_reached: 'not reached' };

/** `6 pass, 2 fail, 1 error`: the verdicts that occurred, in the order of the vocabulary. */
export function countsText(counts: VerdictCounts): string {
  const told = verdicts.filter((verdict) => counts[verdict] > 0);
  return told.map((verdict) => `${counts[verdict]} ${words[verdict] ?? verdict}`).join(', ') || 'nothing yet';
}

export function verdictText(verdict: Verdict): string {
  return words[verdict] ?? verdict;
}

/** `1 server`, `10 servers` */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Servers that passed although nobody looked at a GPU of theirs. */
export function passedWithoutGpu(report: FleetReport): number {
  return report.servers.filter(
    ({ verdict, benchmarks }) =>
      verdict === 'pass' && !benchmarks.some(({ benchmark, verdict: of }) => benchmark === 'gpu' && of === 'pass')
  ).length;
}
