import { grouped } from '../../domain/values/grouped.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { plural } from '../counts.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { dotStrip } from './dot-strip.ts';
import { limitText, unitText, worstFirst, type MetricGroup, type MetricPoint } from './metric-groups.ts';

const MAX_NAMED = 5;

/** With more values on the page, or a longer section, only the unusual ones are named, and the lists are cut. */
const MAX_LISTED = 12_000;
const MAX_LENGTH = 1_000_000;
const MAX_LISTED_OF_MANY = 100;

/** Every metric of every class: its values as dots, who is short or unusual, and all values as a list. */
export function measurementSection(groups: readonly MetricGroup[]): Markup | null {
  if (groups.length === 0) return null;
  const classes = [...grouped(groups, ({ hardwareClass }) => hardwareClass)];
  const values = groups.reduce((total, { points }) => total + points.length, 0);
  const full = values > MAX_LISTED ? null : sectionOf(classes, false);
  return full !== null && full.toString().length <= MAX_LENGTH ? full : sectionOf(classes, true);
}

function sectionOf(classes: readonly [string, readonly MetricGroup[]][], isLarge: boolean): Markup {
  return markup`<section id="measurements"><h2>Measurements by class</h2><p class="lead">Each dot is the median of one server or device. ${legend(classes.flatMap(([, groups]) => groups))}</p>${classes.map(([name, of]) => classBlock(name, of, isLarge))}</section>`;
}

/** Without a limit, no value is short. */
function legend(groups: readonly MetricGroup[]): Markup {
  const outlier = markup`<span class="key outlier">○</span> far from the others of its class.`;
  if (groups.every(({ limits }) => limits.length === 0)) return outlier;
  return markup`<span class="key short">◆</span> short of its limit, <span class="key doubtful">◆</span> short but not judged, ${outlier} The shaded side of a limit is short.`;
}

function classBlock(hardwareClass: string, groups: readonly MetricGroup[], isLarge: boolean): Markup {
  const servers = new Set(groups.flatMap(({ points }) => points.map(({ place }) => place))).size;
  return markup`<h3>${reportText(hardwareClass, 100)} <small>${plural(servers, 'server')}</small></h3><div class="strips">${groups.map((group) => figure(group, isLarge))}</div>`;
}

function figure(group: MetricGroup, isLarge: boolean): Markup {
  const { metric, unit, limits, median, points, isWorstOnly } = group;
  const facts = [
    plural(points.length, 'value'),
    `median ${formatNumber(median)}`,
    ...(limits.length > 0 ? [`limit ${limits.map(limitText).join(', ')}`] : ['nothing expected']),
    group.better === 'lower' ? 'lower is better' : '',
    isWorstOnly ? 'the worst device of each server' : '',
  ].filter((part) => part !== '');
  return markup`<figure><figcaption><b>${reportText(metric, 100)}</b> <span>${unitText(unit)}</span><br><small>${facts.join(' · ')}</small></figcaption>${dotStrip(group, isLarge)}${namedPoints(group)}<output class="dot-name"></output>${valueList(group, isLarge)}</figure>`;
}

/** `Short: gpu-b02 device 3 36,610; ...` */
function namedPoints({ points, better }: MetricGroup): Markup[] {
  const sorted = worstFirst(points, better);
  const kinds = { short: 'Short', doubtful: 'Short, not judged', outlier: 'Far from the others' } as const;
  return Object.entries(kinds).flatMap(([state, label]) => {
    const named = sorted.filter((point) => point.state === state);
    if (named.length === 0) return [];
    const more = named.length - MAX_NAMED;
    const shown = named.slice(0, MAX_NAMED).map((point, index) => markup`${index === 0 ? '' : ', '}${linkTo(point)}`);
    return [markup`<p class="named ${state}"><b>${label}:</b> ${shown}${more > 0 && ` and ${more} more`}</p>`];
  });
}

function linkTo({ name, place, value }: MetricPoint): Markup {
  return markup`<a href="#s${place}">${name}</a> ${formatNumber(value)}`;
}

/** What a mouse finds in the plot, for everybody else. */
function valueList({ points, better }: MetricGroup, isLarge: boolean): Markup {
  const sorted = worstFirst(points, better).slice(0, isLarge ? MAX_LISTED_OF_MANY : undefined);
  const items = sorted.map(({ name, value, samples, state }) => {
    const mark = state === 'usual' ? null : ` (${state})`;
    const all = samples === null ? null : markup` <small>${samples}</small>`;
    return markup`<li>${name} <b>${formatNumber(value)}</b>${mark}${all}</li>`;
  });
  const what = sorted.length < points.length ? `The worst ${sorted.length} values` : 'All values, worst first';
  const how = points.some(({ samples }) => samples !== null) ? `${what}, with their samples` : what;
  return markup`<details><summary>${how}</summary><ol class="values">${items}</ol></details>`;
}
