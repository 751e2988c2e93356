import type { Fault } from './fault.ts';
import type { Played } from './play-all.ts';

const heads = [
  'fault',
  'rounds',
  'started',
  'finished once',
  'lost',
  'repeated',
  'left behind',
  'as expected',
  'expected',
];

/** One row per fault. */
export function tableOf(faults: readonly Fault[], { rounds }: Played): string {
  const rows = faults.map((fault) => {
    const own = rounds.filter((round) => round.fault === fault).map(({ outcome }) => outcome);
    const sum = (key: 'started' | 'finishedOnce' | 'lost' | 'repeated' | 'leftBehind'): string =>
      String(own.reduce((total, outcome) => total + outcome[key], 0));
    const good = own.filter(({ complaints }) => complaints.length === 0).length;
    const counts = [sum('started'), sum('finishedOnce'), sum('lost'), sum('repeated'), sum('leftBehind')];
    return [fault.name, String(own.length), ...counts, `${good} of ${own.length}`, fault.expected.text];
  });
  const widths = heads.map((_, column) => Math.max(...[heads, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (/^\d+$/.test(cell) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [heads, ...rows].map(line).join('\n');
}
