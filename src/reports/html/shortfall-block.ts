import { formatNumber } from '../../domain/values/numbers.ts';
import { deviceText, formatShare } from '../../domain/verdicts/shortfalls.ts';
import type { BenchmarkRow, RowDevice, Shortfall } from '../../domain/verdicts/server-row.ts';
import { plural } from '../counts.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { limitText, unitText, type MetricGroup } from './metric-groups.ts';

/** One shortfall: what was measured and expected, by which device, and what others of the class reach. */
export function shortfallBlock(shortfall: Shortfall, row: BenchmarkRow, group: MetricGroup | undefined): Markup {
  const device = row.devices?.find((each) => each.device === shortfall.device);
  const head = markup`<h4>${reportText(shortfall.metric, 100)}${deviceLine(shortfall, device)}</h4>`;
  if (shortfall.says !== undefined)
    return markup`<div class="shortfall">${head}<p class="says">${reportText(shortfall.says, 600)}</p></div>`;
  const facts = measuredFacts(shortfall, row, group);
  const list = facts.map(([label, value]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>`);
  return markup`<div class="shortfall">${head}${bar(shortfall, group)}<dl class="facts">${list}</dl></div>`;
}

/** `device 3 (0000:5d:00.0) · NVIDIA H100 80GB HBM3 · GPU-5dcac49b-...`: what a vendor needs to find the part. */
function deviceLine({ device, address }: Shortfall, found: RowDevice | undefined): Markup | null {
  if (device === null) return null;
  const shown = ['', String(device), address]; // a device without a model is called by its number or its name
  const more = [found?.name ?? '', found?.uuid ?? ''].filter((part) => !shown.includes(part));
  const parts = [deviceText(device, address), ...more];
  return markup` <span>${reportText(parts.join(' · '), 300)}</span>`;
}

function measuredFacts(shortfall: Shortfall, row: BenchmarkRow, group: MetricGroup | undefined): [string, string][] {
  const { metric, device, measured, expected, unit } = shortfall;
  const measurement = row.measurements.find((each) => each.metric === metric && each.device === device);
  const shown = unitText(unit);
  return [
    ['measured', `${formatNumber(measured)} ${shown}`],
    ['limit', `${limitText(shortfall)} ${shown}`],
    ...(expected > 0 ? [['of the limit', formatShare(measured / expected)] as [string, string]] : []),
    ...(group && group.points.length > 2
      ? [['median of the class', `${formatNumber(group.median)} ${shown}`] as [string, string]]
      : []),
    ...(measurement ? [['samples', samplesText(measurement.samples, measurement.spread)] as [string, string]] : []),
  ];
}

function samplesText(samples: number, spread: number): string {
  return samples < 2 ? plural(samples, 'sample') : `${samples}, ${formatNumber(spread * 100)} % apart`;
}

/** Measured as a bar against the limit, from zero. */
function bar({ measured, expected, comparison }: Shortfall, group: MetricGroup | undefined): Markup | null {
  if (!(measured >= 0) || !(expected > 0)) return null;
  const most = Math.max(measured, expected, group?.median ?? 0) * 1.04;
  const at = (value: number): string => `${Math.round((value / most) * 1000) / 10}%`;
  const label = `measured ${formatNumber(measured)}, limit ${limitText({ comparison, expected })}`;
  return markup`<svg class="bar" role="img" aria-label="${label}" width="100%" height="18"><rect class="track" width="100%" height="10" y="4" rx="2"/><rect class="value" width="${at(measured)}" height="10" y="4" rx="2"/><line x1="${at(expected)}" x2="${at(expected)}" y1="0" y2="18"/></svg>`;
}
