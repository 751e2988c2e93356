import type { RowEvidence } from '../../domain/measurements/evidence.ts';
import { limitTexts } from '../../domain/servers/process-limits.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';

/** What the machine did during the samples of a benchmark, as label and value. Unknown values are left out. */
export function evidenceFacts(evidence: RowEvidence): [label: string, value: string][] {
  const { celsius, throttlings, megahertz, governor, loadBefore, otherLoad, steal, ownCpu, stoodStill } = evidence;
  const facts: [string, string | null][] = [
    ['hottest CPU sensor', celsius === null ? null : `${formatNumber(celsius)} °C`],
    ['thermal throttlings', throttlings === null ? null : formatNumber(throttlings)],
    ['CPU clock', megahertz === null ? null : `${formatNumber(megahertz)} MHz`],
    ['governor', governor],
    ['load before', loadBefore === null ? null : formatNumber(loadBefore)],
    ['CPU time of others', percent(otherLoad)],
    ['withheld by hypervisor', percent(steal)],
    ['CPU time of benchmark', percent(ownCpu)],
    ['machine paused', positive(stoodStill)],
    ['withheld by CPU quota', positive(evidence.throttled)],
    ['limits', evidence.limits ? limitTexts(evidence.limits).join(', ') || null : null],
    ['doubtful samples', evidence.doubtful > 0 ? formatNumber(evidence.doubtful) : null],
  ];
  return facts.flatMap(([label, value]) =>
    value === null ? [] : [[label, reportText(value, 100)] as [string, string]]
  );
}

export function evidenceList(evidence: RowEvidence | null): Markup | null {
  const facts = evidence === null ? [] : evidenceFacts(evidence);
  if (facts.length === 0) return null;
  return markup`<dl class="facts evidence">${facts.map(([label, value]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function percent(share: number | null | undefined): string | null {
  return share === null || share === undefined ? null : `${formatNumber(Math.round(share * 1000) / 10)} %`;
}

function positive(share: number | null | undefined): string | null {
  return share ? percent(share) : null;
}
