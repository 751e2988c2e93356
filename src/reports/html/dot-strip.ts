import { decimal } from '../../domain/values/decimal.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { markup, type Markup } from '../markup.ts';
import { limitText, unitText, type MetricGroup, type MetricPoint } from './metric-groups.ts';

/** Dots that would overlap at this width are stacked. Narrower pages only move them closer. */
const WIDTH = 560;
const MAX_STACK = 76;
const PADDING = 22;

/** Further short values and outliers are reached through the list of values: each one is a tab stop. */
const MAX_LINKS = 12;

/** Further ones are circles, in the same colour. */
const MAX_MARKS = 200;

const ORDER = ['short', 'doubtful', 'outlier', 'usual'] as const;

/**
 * All values of a metric as dots on one axis, with its limits. Positions are percentages, so that texts keep their size at
 * any width. Short values and outliers link to their servers; a script makes all others reachable by the arrow keys.
 * @param isLarge - name only the most important dots, and draw the others plainly
 */
export function dotStrip(group: MetricGroup, isLarge: boolean): Markup {
  const scale = scaleOf(group);
  const radius = group.points.length > 300 ? 2 : group.points.length > 80 ? 3 : 4.5;
  const placed = stacked(group.points, scale.percent, radius);
  const height = Math.max(...placed.map(({ level }) => Math.abs(level))) * 2 + 3 * radius;
  const [middle, bottom] = [PADDING + height / 2, PADDING + height];
  const unusual = group.points.filter(({ state }) => state !== 'usual');
  const marked = new Set(unusual.slice(0, MAX_MARKS));
  const linked = new Set(unusual.slice(0, MAX_LINKS));
  const dots = placed.map((dot) => {
    if (!marked.has(dot.point)) return circleOf(dot, middle, radius, isLarge ? null : titleOf(dot.point, group));
    const mark = markOf(dot, middle, group, radius);
    return linked.has(dot.point) ? markup`<a href="#s${dot.point.place}">${mark}</a>` : mark;
  });
  return markup`<svg class="strip" role="group" aria-label="${summary(group)}" width="100%" height="${round(bottom + 20)}">${shades(group, scale, bottom)}<line class="axis" x1="0" x2="100%" y1="${round(bottom)}" y2="${round(bottom)}"/>${scale.ticks.map((tick) => tickOf(tick, scale, bottom))}${group.limits.map((limit) => limitOf(limit, scale, bottom))}${dots}</svg>`;
}

interface Scale {
  percent: (value: number) => number;
  ticks: number[];
}

function scaleOf({ points, limits }: MetricGroup): Scale {
  const all = [...points.map(({ value }) => value), ...limits.map(({ expected }) => expected)];
  const [lowest, highest] = [Math.min(...all), Math.max(...all)];
  const range = highest - lowest || Math.abs(highest) * 0.1 || 1;
  const [left, right] = [lowest - range * 0.06, highest + range * 0.06];
  const step = niceStep((right - left) / 4);
  const ticks: number[] = [];
  for (let tick = Math.ceil(left / step) * step; tick <= right && ticks.length < 6; tick += step) ticks.push(tick);
  return { percent: (value) => ((value - left) / (right - left)) * 100, ticks };
}

/** The smallest of 1, 2, 5, 10, 20, ... that is not smaller. */
function niceStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const digit = size / power;
  return (digit > 5 ? 10 : digit > 2 ? 5 : digit > 1 ? 2 : 1) * power;
}

interface PlacedDot {
  point: MetricPoint;
  percent: number;
  /** Pixels above (negative) or below the middle. */
  level: number;
}

/** Stacks dots of about the same value around the middle, the most important ones drawn last. */
function stacked(points: readonly MetricPoint[], percent: Scale['percent'], radius: number): PlacedDot[] {
  const columns = new Map<number, number>();
  const gap = radius * 2 + 1;
  const placed = points.map((point) => {
    const at = percent(point.value);
    const column = Math.round((at / 100) * (WIDTH / gap));
    const position = columns.get(column) ?? 0;
    columns.set(column, position + 1);
    const step = Math.ceil(position / 2) * (position % 2 === 0 ? 1 : -1);
    return { point, percent: at, level: step * gap };
  });
  const highest = Math.max(1, ...placed.map(({ level }) => Math.abs(level)));
  const shrink = Math.min(1, MAX_STACK / 2 / highest);
  const rank = ({ point }: PlacedDot): number => ORDER.indexOf(point.state);
  return placed.map((dot) => ({ ...dot, level: dot.level * shrink })).sort((a, b) => rank(b) - rank(a));
}

function titleOf({ name, value }: MetricPoint, { unit }: MetricGroup): Markup {
  return markup`<title>${name}: ${formatNumber(value)} ${unitText(unit)}</title>`;
}

function circleOf({ point, percent, level }: PlacedDot, middle: number, radius: number, title: Markup | null): Markup {
  const state = point.state !== 'usual' && markup` class="${point.state}"`;
  return markup`<circle${state} cx="${round(percent)}%" cy="${round(middle + level)}" r="${radius}">${title}</circle>`;
}

/** A short value or an outlier, by its shape too. */
function markOf({ point, percent, level }: PlacedDot, middle: number, group: MetricGroup, radius: number): Markup {
  const size = Math.max(radius + 2, 5);
  const shape =
    point.state === 'outlier'
      ? markup`<circle r="${size - 0.5}"/>`
      : markup`<path d="M${-size} 0L0 ${-size} ${size} 0 0 ${size}z"/>`;
  // A nested image, because the coordinates of a path cannot be percentages.
  return markup`<svg class="${point.state}" x="${round(percent)}%" y="${round(middle + level)}" overflow="visible">${titleOf(point, group)}${shape}</svg>`;
}

/** The side of a limit on which values are short. */
function shades({ limits }: MetricGroup, { percent }: Scale, bottom: number): Markup[] {
  return limits.map(({ comparison, expected }) => {
    const at = round(percent(expected));
    const [x, width] = comparison === '>=' ? [0, at] : [at, round(100 - at)];
    return markup`<rect class="shade" x="${x}%" y="${PADDING - 4}" width="${width}%" height="${round(bottom - PADDING + 4)}"/>`;
  });
}

function limitOf(limit: MetricGroup['limits'][number], { percent }: Scale, bottom: number): Markup {
  const at = round(percent(limit.expected));
  return markup`<line class="limit" x1="${at}%" x2="${at}%" y1="${PADDING - 6}" y2="${round(bottom)}"/><text class="limit-text" x="${at}%" y="12" text-anchor="${anchorAt(at)}">limit ${limitText(limit)}</text>`;
}

function tickOf(tick: number, { percent }: Scale, bottom: number): Markup {
  const at = round(percent(tick));
  return markup`<line class="axis" x1="${at}%" x2="${at}%" y1="${round(bottom)}" y2="${round(bottom + 4)}"/><text x="${at}%" y="${round(bottom + 17)}" text-anchor="${anchorAt(at)}">${formatNumber(decimal(tick, 12))}</text>`;
}

function anchorAt(percent: number): string {
  return percent < 12 ? 'start' : percent > 88 ? 'end' : 'middle';
}

function summary({ metric, points, unit, median }: MetricGroup): string {
  const short = points.filter(({ state }) => state === 'short').length;
  const values = `${points.length} values, median ${formatNumber(median)} ${unitText(unit)}`;
  return `${metric}: ${values}, ${short === 0 ? 'none' : short} short`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
