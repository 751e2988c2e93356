import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { changesSince } from '../../domain/reports/run-changes.ts';
import { shortList } from '../../domain/values/short-list.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { runsInARowText } from '../counts.ts';
import type { ReportExtras } from '../html/extras.ts';
import { markdownText, summaryMarkdown } from '../runs/markdown.ts';

const MAX_NAMED = 20;

/** A summary for a pull request or a CI job: counts, failed servers, and what is new since the last run of the same selection. */
export function markdownFile(report: FleetReport, extras: ReportExtras = {}): string {
  return `${[summaryMarkdown(report), ...newsOf(report, extras)].join('\n\n')}\n`;
}

/** `Since fleet-20261129-020000: newly failed: web-7; still failing: web-9 for 3 runs` */
function newsOf(report: FleetReport, { previous, failedRuns = new Map() }: ReportExtras): string[] {
  if (previous === undefined) return [];
  const { newlyFailed, stillFailing, recovered, notJudged, added, missing } = changesSince(report, previous);
  const still = stillFailing.map((serverId) => {
    const runs = failedRuns.get(serverId);
    return runs === undefined ? serverId : `${serverId} for ${runsInARowText(runs)}`;
  });
  const lists = Object.entries({
    ...{ 'newly failed': newlyFailed, 'still failing': still, recovered },
    ...{ 'judged then, not now': notJudged, 'new in this run': added, 'not in this run': missing },
  }).filter(([, items]) => items.length > 0);
  const texts = lists.map(([label, items]) => `${label}: ${markdownText(shortList(items, MAX_NAMED))}`);
  const since = `Since ${markdownText(printable(previous.run, 120))}: `;
  return [since + (texts.length === 0 ? 'nothing new' : texts.join('; '))];
}
