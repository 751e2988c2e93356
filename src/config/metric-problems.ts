import { didYouMean } from '../source/nearest-word.ts';
import type { Problem } from '../source/problem.ts';
import { hasDevices } from './command-output.ts';
import { deviceList, jsonPathProblem } from './json-path.ts';
import { groupsOf, matchesEmptyText } from './regular-expression.ts';
import type { BenchmarkText, FaultText, MetricText } from './schema/schema.ts';

const sources = ['pattern', 'json', 'yaml', 'table'] as const;

/** The named groups that have a meaning. */
const ofMetric = ['value', 'unit', 'device', 'list'];
const ofPart = ['value', 'unit', 'device'];
const ofFault = ['device'];

/** Groups beside which the number needs a name. */
const besideValue = ['unit', 'device'];
const VALUE_NEEDED = 'must have a group (?<value>...) for the number, since it has other named groups';
const ONE_VALUE =
  'has nothing to index, since the metric has one value: leave it out, or find all of them: [*] in a path, no row or no column';
const SEVERAL_LISTS =
  'cannot tell which list of the path has the devices: keep one [*], and choose in the others by [0] or a filter';
const MATCHES_ALL =
  'matches an empty text, and so every output; remove an empty alternative such as "FAIL|", or write + in place of *';

/** Problems of the patterns that are no metrics. Paths are relative to the benchmark. */
export function patternProblems({ require = [], faults = [] }: BenchmarkText): Problem[] {
  return [
    ...require.flatMap((pattern, index) => invalidSign(pattern, ['require', index], [])),
    ...faults.flatMap((fault, index) =>
      faultProblems(fault).map((problem) => ({ ...problem, path: ['faults', index, ...problem.path] }))
    ),
  ];
}

function faultProblems({ pattern, json, device }: FaultText): Problem[] {
  if (pattern === undefined && json === undefined) return [{ path: [], message: 'must have either a pattern or json' }];
  if (pattern !== undefined && json !== undefined)
    return [{ path: ['json'], message: 'cannot be used together with pattern', atKey: true }];
  if (device !== undefined && json === undefined)
    return [{ path: ['device'], message: 'is for json; a pattern has a group (?<device>...)', atKey: true }];
  if (device !== undefined && /^[$@]/.test(device))
    return [{ path: ['device'], message: 'must be a key of the objects that json finds, not a path: entity_id' }];
  return [...invalidSign(pattern, ['pattern'], ofFault), ...invalidPath(json, 'json')];
}

/** Problems of one metric. Paths are relative to it. */
export function metricProblems(text: MetricText): Problem[] {
  const { pattern, each, table, json, yaml } = text;
  const expressions = [
    ...invalid(pattern, ['pattern'], ofMetric),
    ...invalid(each, ['each'], ofPart),
    ...invalid(table?.header, ['table', 'header'], []),
    ...invalid(table?.title, ['table', 'title'], []),
    ...invalidPath(json, 'json'),
    ...invalidPath(yaml, 'yaml'),
  ];
  return expressions.length > 0 ? expressions : combinations(text);
}

type Check = [isWrong: boolean, path: string[], message: string];

/** Keys that do not fit together. */
function combinations(text: MetricText): Problem[] {
  const { pattern = '', split, each, device, take, table } = text;
  const [groups, ofEach] = [groupsOf(pattern).names, groupsOf(each ?? '').names];
  const named = sources.filter((source) => text[source] !== undefined);
  const isList = split !== undefined && each !== undefined;
  const places = device !== undefined && device !== 'index';
  const ofParts = groups.find((name) => name !== 'list');
  const checks: Check[] = [
    [named.length === 0, [], `must have one of ${sources.join(', ')}: where the number is`],
    [named.length > 1, [named[1] ?? ''], `cannot be used together with ${named[0]}`],
    [lacksValue(groups) && take !== 'count' && !isList, ['pattern'], VALUE_NEEDED],
    [lacksValue(ofEach), ['each'], VALUE_NEEDED],
    [split !== undefined && each === undefined, ['split'], 'needs "each", the pattern of one part'],
    [each !== undefined && split === undefined, ['each'], 'needs "split", the text between two parts'],
    [isList && text.pattern === undefined, ['split'], 'needs a pattern, which finds the list'],
    [
      isList && ofParts !== undefined,
      ['pattern'],
      `must have no other group than (?<list>...), since "each" reads the parts: write (?<${ofParts}>...) there`,
    ],
    [
      isList && take !== undefined && !['first', 'last', 'once'].includes(take),
      ['take'],
      'chooses one of several lists: first or last',
    ],
    [groups.includes('list') && !isList, ['pattern'], 'must be used with "split" and "each", since it has a list'],
    [take === 'count' && text.pattern !== undefined && matchesEmptyText(pattern), ['pattern'], MATCHES_ALL],
    [take === 'each' && !hasDevices(text), ['take'], 'needs to know the devices: "device", or a group (?<device>...)'],
    [
      (table?.header === undefined) === (table?.title === undefined) && table !== undefined,
      ['table'],
      'must have either a header or a title',
    ],
    [places && text.pattern !== undefined, ['device'], 'has rows and columns only in a table or a document'],
    ...(device === 'index' ? indexChecks(text, isList) : []),
  ];
  return checks
    .filter(([isWrong]) => isWrong)
    .map(([, path, message]) => ({ path, message, atKey: isAboutKey(message) }));
}

/** Whether the place in a list can tell the device. */
function indexChecks(text: MetricText, isList: boolean): Check[] {
  const { pattern, take } = text;
  const list = listOf(text);
  return [
    [
      pattern !== undefined && !isList,
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

/** Whether its path or its table has one value (`none`), or lists of which any may be that of the devices. */
function listOf({ json, yaml, table }: MetricText): ReturnType<typeof deviceList> {
  const path = json ?? yaml;
  if (path !== undefined) return deviceList(path);
  return table?.row !== undefined && table.column !== undefined ? 'none' : null;
}

/** Messages about a value say what it must be, or what it matches. */
function isAboutKey(message: string): boolean {
  return !message.startsWith('must') && message !== MATCHES_ALL;
}

function lacksValue(names: readonly string[]): boolean {
  return !names.includes('value') && !names.includes('list') && besideValue.some((name) => names.includes(name));
}

/** Problems of a pattern that says something by matching. */
function invalidSign(pattern: string | undefined, path: Problem['path'], groups: readonly string[]): Problem[] {
  const problems = invalid(pattern, path, groups);
  if (problems.length > 0 || pattern === undefined || !matchesEmptyText(pattern)) return problems;
  return [{ path, message: MATCHES_ALL }];
}

/** @param groups - the names of groups that have a meaning */
function invalid(pattern: string | undefined, path: Problem['path'], groups: readonly string[]): Problem[] {
  if (pattern === undefined) return [];
  const { names, problem } = groupsOf(pattern);
  if (problem !== null) return [{ path, message: problem }];
  const unknown = names.find((name) => !groups.includes(name));
  return unknown === undefined ? [] : [{ path, message: unknownGroup(unknown, groups) }];
}

function unknownGroup(name: string, groups: readonly string[]): string {
  const group = `has a group (?<${name}>...), but`;
  const last = groups.at(-1);
  if (last === undefined) return `${group} names of groups have no meaning here; write (?:...)`;
  const known = groups.length === 1 ? `${last} has` : `${groups.slice(0, -1).join(', ')} and ${last} have`;
  const meant = groups.find((each) => each.startsWith(name.toLowerCase())) ?? name;
  return `${group} only ${known} a meaning${didYouMean(meant, groups)}`;
}

function invalidPath(written: string | undefined, key: string): Problem[] {
  const problem = written === undefined ? null : jsonPathProblem(written);
  return problem === null ? [] : [{ path: [key], message: problem }];
}
