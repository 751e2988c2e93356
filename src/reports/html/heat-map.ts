import { grouped } from '../../domain/values/grouped.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { partsOfSize } from '../../domain/values/parts.ts';
import { marginOf } from '../../domain/verdicts/margin.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { verdictText } from '../counts.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { classOf, unitText, type MetricGroup, type MetricPoint } from './metric-groups.ts';

/** Smaller fleets fit into the other plots. */
const MIN_SERVERS = 40;
const SERVERS_PER_BAND = 40;
const CELL = 12;

/** Of a class. Those of which something is expected come first. */
const MAX_METRICS = 10;

/** The margin to the limit, or the distance to the median of the class if nothing is expected. */
const LEVELS: readonly [from: number, name: string, text: string][] = [
  [0.1, 'h5', '10 % or more'],
  [0.03, 'h4', '3 to 10 %'],
  [0, 'h3', '0 to 3 %'],
  [-0.1, 'h2', 'up to 10 % short'],
  [-Infinity, 'h1', 'more than 10 % short'],
];

/**
 * Servers x metrics for a large fleet, in the order of the inventory, in bands of {@link SERVERS_PER_BAND} servers: a rack
 * or a switch with a problem shows as a block. Of several devices, the worst one counts.
 */
export function heatMapSection(report: FleetReport, groups: readonly MetricGroup[]): Markup | null {
  if (report.servers.length <= MIN_SERVERS || groups.length === 0) return null;
  const classes = [...grouped(groups, ({ hardwareClass }) => hardwareClass)];
  const key = LEVELS.map(([, name, text]) => markup`<span><i class="${name}"></i>${text}</span>`);
  return markup`<section id="heat-map"><h2>Heat map</h2><p class="lead">Each column is a server, in the order of the inventory; each row is a metric. The colour is the margin to the limit, or to the median of the class where nothing is expected; of several devices, of the worst one.</p><p class="heat-key">${key}<span><i class="h0"></i>not measured</span></p>${classes.map(([name, of]) => classMap(report, name, of))}</section>`;
}

function classMap(report: FleetReport, hardwareClass: string, all: readonly MetricGroup[]): Markup {
  const [expected, others] = [true, false].map((is) => all.filter(({ limits }) => limits.length > 0 === is));
  const groups = [...expected!, ...others!].slice(0, MAX_METRICS);
  const worst = groups.map(worstByPlace);
  const places = [...report.servers.entries()]
    .filter(([, row]) => classOf(row) === hardwareClass)
    .map(([place]) => place);
  const bands = partsOfSize(places, SERVERS_PER_BAND);
  const left = all.length - groups.length;
  const rows = groups.map(({ metric }) => reportText(metric, 60)).join(', ');
  return markup`<h3>${reportText(hardwareClass, 100)}</h3><p class="lead">Rows: ${rows}${left > 0 && ` (${left} more are not shown)`}.</p><div class="bands">${bands.map((band) => bandOf(report, band, groups, worst))}</div>`;
}

function bandOf(
  report: FleetReport,
  places: readonly number[],
  groups: readonly MetricGroup[],
  worst: readonly Map<number, Worst>[]
): Markup {
  const nameOf = (place: number): string => reportText(report.servers[place]!.serverId, 100);
  const [first, last] = [nameOf(places[0]!), nameOf(places.at(-1)!)];
  const columns = places.map((place, column) => columnOf(report, place, column, groups, worst));
  return markup`<figure><svg role="img" aria-label="${first} to ${last}" width="100%" height="${groups.length * CELL}">${columns}</svg><figcaption>${first} to ${last}</figcaption></figure>`;
}

function columnOf(
  report: FleetReport,
  place: number,
  column: number,
  groups: readonly MetricGroup[],
  worst: readonly Map<number, Worst>[]
): Markup {
  const { serverId, verdict } = report.servers[place]!;
  const cells = groups.map((_, index) => {
    const level = worst[index]!.get(place)?.level ?? 'h0';
    return markup`<rect class="${level}" y="${index * CELL}"/>`; // its size is in the style: there are thousands of them
  });
  const values = groups.flatMap(({ metric, unit }, index) => {
    const found = worst[index]!.get(place);
    return found ? [`${metric} ${formatNumber(found.point.value)} ${unitText(unit)}`] : [];
  });
  const title = reportText(`${serverId} ${verdictText(verdict)}: ${values.join(', ')}`, 400);
  return markup`<svg x="${(column * 100) / SERVERS_PER_BAND}%"><title>${title}</title>${cells}</svg>`;
}

interface Worst {
  point: MetricPoint;
  level: string;
}

function worstByPlace(group: MetricGroup): Map<number, Worst> {
  const found = new Map<number, Worst & { margin: number }>();
  for (const point of group.points) {
    const margin = marginIn(point.value, group);
    const before = found.get(point.place);
    if (before && before.margin <= margin) continue;
    const level = LEVELS.find(([from]) => margin >= from)?.[1] ?? 'h0';
    found.set(point.place, { point, margin, level });
  }
  return found;
}

/** The margin to the nearest limit; without one, to the median. */
function marginIn(value: number, { limits, better, median }: MetricGroup): number {
  const comparison = better === 'higher' ? '>=' : '<=';
  const bounds = limits.length > 0 ? limits : [{ comparison, expected: median } as const];
  return Math.min(...bounds.map((bound) => marginOf(value, bound)));
}
