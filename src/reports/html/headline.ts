import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { cancelledServers } from '../../domain/reports/cancelled-servers.ts';
import { hasWrongResult } from '../../domain/verdicts/shortfall-advice.ts';
import { countUnjudged, verdicts, type Verdict } from '../../domain/verdicts/verdict.ts';
import { classesText, durationText, passedWithout, plural, stateText, verdictText } from '../counts.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { timeText } from './run-facts.ts';

const worstFirst: readonly Verdict[] = [
  'fail',
  'error',
  'busy',
  'cancelled',
  'not_reached',
  'skip',
  'measured',
  'pass',
];

/** The result in one sentence: `4 of 14 servers fall short`. */
export function headline(report: FleetReport): string {
  const { counts, requested, checkOnly } = report;
  const of = `of ${plural(requested, 'server')}`;
  const fallShort = counts.fail === 1 ? 'falls short' : 'fall short';
  if (report.unfinished)
    return `${requested - counts.not_reached} ${of} ended${counts.fail > 0 ? `, ${counts.fail} ${fallShort}` : ''}`;
  if (counts.fail > 0) return `${counts.fail} ${of} ${fallShort}`;
  const unjudged = countUnjudged(counts);
  if (unjudged > 0 && checkOnly) return `${unjudged} ${of} ${unjudged === 1 ? 'is' : 'are'} not ready`;
  if (unjudged > 0 && counts.pass > 0) return `${unjudged} ${of} could not be judged`;
  if (unjudged > 0) return noneJudged(report);
  if (counts.pass > 0) return `${counts.pass} ${of} ${checkOnly ? 'ready' : 'passed'}`;
  return counts.measured > 0 ? `${plural(counts.measured, 'server')} measured` : 'No server was measured';
}

function noneJudged({ counts, requested, settings }: FleetReport): string {
  if (settings?.measureOnly) return `${counts.measured} of ${plural(requested, 'server')} measured`;
  return requested === 1 ? 'The server was not judged' : `None of ${requested} servers was judged`;
}

/** The head of the page: the result, the verdicts as a bar with their numbers, and when it was run. */
export function pageHead(report: FleetReport): Markup {
  const { note, startedAt, seconds, checkOnly } = report;
  const wrong = report.servers.filter((row) => row.verdict === 'fail' && hasWrongResult(row)).length;
  const facts = [
    `${timeText(startedAt)}, ${durationText(seconds)}`,
    classesText(report),
    ...(checkOnly ? [] : passedWithout(report)),
  ];
  const cancelled = cancelledServers(report);
  const stopped = [
    report.unfinished && markup`<p class="run-note">The run has not ended.</p>`,
    cancelled > 0 && markup`<p class="run-note">${plural(cancelled, 'server')} cancelled.</p>`,
  ];
  const lines = facts.flatMap((fact) => (fact === null ? [] : [markup`<span>${reportText(fact)}</span>`]));
  return markup`<header><p class="eyebrow">fleetmark ${checkOnly ? 'check' : 'report'}</p><h1>${headline(report)}</h1>${stopped}${wrong > 0 && markup`<p class="wrong-lead">${plural(wrong, 'server')} ${wrong === 1 ? 'computes' : 'compute'} wrong results.</p>`}${note !== null && markup`<p class="run-note">${reportText(note)}</p>`}<p class="when">${lines}</p>${verdictBar(report)}</header>`;
}

function verdictBar({ counts, requested, checkOnly }: FleetReport): Markup | null {
  if (requested === 0) return null;
  const shown = worstFirst.filter((verdict) => counts[verdict] > 0);
  let at = 0;
  const parts = shown.map((verdict) => {
    const [x, width] = [at, (counts[verdict] / requested) * 100];
    at += width;
    return markup`<rect class="${verdict}" x="${percent(x)}" width="${percent(width)}" height="14"/>`;
  });
  const textOf = checkOnly ? stateText : verdictText;
  const label = verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${textOf(verdict)}`);
  const key = shown.map(
    (verdict) => markup`<li><i class="${verdict}"></i><b>${counts[verdict]}</b> ${textOf(verdict)}</li>`
  );
  return markup`<svg class="verdicts" role="img" aria-label="${label.join(', ')}" width="100%" height="14">${parts}</svg><ul class="key-list">${key}</ul>`;
}

function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}
