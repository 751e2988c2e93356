import type { Problem } from '../source/problem.ts';
import { hasDevices } from './command-output.ts';
import { deviceList } from './json-path.ts';
import { jsonPathProblems, MATCHES_ALL, patternProblems } from './pattern-problems.ts';
import { groupsOf, matchesEmptyText } from './regular-expression.ts';
import { brokenKeyRules, brokenValueRules, type Rule } from './rules.ts';
import type { MetricText } from './schema/schema.ts';

const sources = ['pattern', 'json', 'yaml', 'table'] as const;

/** The named groups that have a meaning. */
const ofMetric = ['value', 'unit', 'device', 'list'];
const ofPart = ['value', 'unit', 'device'];

/** Groups beside which the number needs a name. */
const besideValue = ['unit', 'device'];
const VALUE_NEEDED = 'must have a group (?<value>...) for the number, since it has other named groups';
const ONE_VALUE =
  'has nothing to index, since the metric has one value: leave it out, or find all of them: [*] in a path, no row or no column';
const SEVERAL_LISTS =
  'cannot tell which list of the path has the devices: keep one [*], and choose in the others by [0] or a filter';

/** Problems of one metric. Paths are relative to it. */
export function metricProblems(text: MetricText): Problem[] {
  const { pattern, each, table, json, yaml } = text;
  const expressions = [
    ...patternProblems(pattern, ['pattern'], ofMetric),
    ...patternProblems(each, ['each'], ofPart),
    ...patternProblems(table?.header, ['table', 'header'], []),
    ...patternProblems(table?.title, ['table', 'title'], []),
    ...jsonPathProblems(json, ['json']),
    ...jsonPathProblems(yaml, ['yaml']),
  ];
  if (expressions.length > 0) return expressions;
  return [
    ...brokenValueRules([...sourceRules(text), ...groupRules(text)]),
    ...brokenKeyRules([...keyRules(text), ...(text.device === 'index' ? indexRules(text) : [])]),
  ];
}

/** Where the number is. */
function sourceRules(text: MetricText): Rule[] {
  const { table } = text;
  return [
    [namedSources(text).length === 0, [], `must have one of ${sources.join(', ')}: where the number is`],
    [
      table !== undefined && (table.header === undefined) === (table.title === undefined),
      ['table'],
      'must have either a header or a title',
    ],
  ];
}

/** What the groups of its patterns are. */
function groupRules(text: MetricText): Rule[] {
  const { pattern = '', each = '', take } = text;
  const groups = groupsOf(pattern).names;
  const ofParts = groups.find((name) => name !== 'list');
  return [
    [lacksValue(groups) && take !== 'count' && !isList(text), ['pattern'], VALUE_NEEDED],
    [lacksValue(groupsOf(each).names), ['each'], VALUE_NEEDED],
    [
      isList(text) && ofParts !== undefined,
      ['pattern'],
      `must have no other group than (?<list>...), since "each" reads the parts: write (?<${ofParts}>...) there`,
    ],
    [
      groups.includes('list') && !isList(text),
      ['pattern'],
      'must be used with "split" and "each", since it has a list',
    ],
    [take === 'count' && text.pattern !== undefined && matchesEmptyText(pattern), ['pattern'], MATCHES_ALL],
  ];
}

/** Keys that do not fit together. */
function keyRules(text: MetricText): Rule[] {
  const { pattern, split, each, device, take } = text;
  const [first, second] = namedSources(text);
  const places = device !== undefined && device !== 'index';
  return [
    [second !== undefined, [second ?? ''], `cannot be used together with ${first}`],
    [split !== undefined && each === undefined, ['split'], 'needs "each", the pattern of one part'],
    [each !== undefined && split === undefined, ['each'], 'needs "split", the text between two parts'],
    [isList(text) && pattern === undefined, ['split'], 'needs a pattern, which finds the list'],
    [
      isList(text) && take !== undefined && !['first', 'last', 'once'].includes(take),
      ['take'],
      'chooses one of several lists: first or last',
    ],
    [take === 'each' && !hasDevices(text), ['take'], 'needs to know the devices: "device", or a group (?<device>...)'],
    [places && pattern !== undefined, ['device'], 'has rows and columns only in a table or a document'],
  ];
}

/** Whether the place in a list can tell the device. */
function indexRules(text: MetricText): Rule[] {
  const { pattern, take } = text;
  const list = listOf(text);
  return [
    [
      pattern !== undefined && !isList(text),
      ['device'],
      'needs a list ("split" and "each"), since a missing value would shift the others; write a group (?<device>...)',
    ],
    [list === 'none', ['device'], ONE_VALUE],
    [list === 'several', ['device'], SEVERAL_LISTS],
    [
      pattern === undefined && take !== undefined && take !== 'each',
      ['device'],
      'needs all values: "take: each", or a list',
    ],
  ];
}

function namedSources(text: MetricText): string[] {
  return sources.filter((source) => text[source] !== undefined);
}

function isList({ split, each }: MetricText): boolean {
  return split !== undefined && each !== undefined;
}

/** Whether its path or its table has one value (`none`), or lists of which any may be that of the devices. */
function listOf({ json, yaml, table }: MetricText): ReturnType<typeof deviceList> {
  const path = json ?? yaml;
  if (path !== undefined) return deviceList(path);
  return table?.row !== undefined && table.column !== undefined ? 'none' : null;
}

function lacksValue(names: readonly string[]): boolean {
  return !names.includes('value') && !names.includes('list') && besideValue.some((name) => names.includes(name));
}
