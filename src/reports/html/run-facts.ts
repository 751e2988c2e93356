import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { durationText, plural, sampleText } from '../counts.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import type { ReportExtras } from './extras.ts';

/** How it was run: enough to run it again, and to find it in Temporal. */
export function runSection(report: FleetReport, { about = [] }: ReportExtras): Markup {
  const facts: (readonly [string, string | null])[] = [
    ['note', report.note],
    ['retry of', report.retryOf ?? null],
    ['run', report.run],
    ['Temporal run', report.temporalRunId],
    ['started', timeText(report.startedAt)],
    ['duration', durationText(report.seconds)],
    ['selected', selectedText(report)],
    ['sample', sampleText(report.selection)],
    ['benchmarks', benchmarksText(report)],
    ['settings', settingsText(report)],
    ...about,
  ];
  const rows = facts.flatMap(([label, value]) =>
    value === null || value === ''
      ? []
      : [markup`<div><dt>${reportText(label, 60)}</dt><dd>${reportText(value, 500)}</dd></div>`]
  );
  return markup`<section id="run"><h2>How it was ${report.checkOnly ? 'checked' : 'run'}</h2><dl class="wide">${rows}</dl></section>`;
}

/** `2026-11-28 22:04:00 UTC` */
export function timeText(iso: string): string {
  const [, date, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/.exec(iso) ?? [];
  return date === undefined ? iso : `${date} ${time} UTC`;
}

function selectedText({ selection, requested }: FleetReport): string {
  const limit = selection?.limit ?? null;
  const by = limit === null ? (selection ? 'the whole inventory' : '') : `--limit ${limit.join(' ')}`;
  return [plural(requested, 'server'), by].filter((part) => part !== '').join(', ');
}

/** `at most 5 in parallel, measured only` */
function settingsText({ settings, checkOnly }: FleetReport): string | null {
  if (settings === undefined) return null;
  const { maxParallel, measureOnly, evenIfBusy } = settings;
  const isJudged = !measureOnly || checkOnly === true;
  return [
    `at most ${maxParallel} in parallel`,
    ...(isJudged ? [] : ['measured without judging']),
    ...(evenIfBusy ? ['also if busy'] : []),
  ].join(', ');
}

/** `cpu with sysbench; gpu with clpeak` */
function benchmarksText({ servers }: FleetReport): string {
  const tools = new Map<string, Set<string>>();
  for (const { benchmark, tool } of servers.flatMap((row) => row.benchmarks)) {
    const found = tools.get(benchmark) ?? new Set<string>();
    tools.set(benchmark, tool === null ? found : found.add(tool));
  }
  const texts = [...tools].map(([name, of]) => (of.size === 0 ? name : `${name} with ${[...of].join(', ')}`));
  return texts.join('; ');
}
