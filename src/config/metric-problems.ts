import parseJsonPath from 'jsonpath-rfc9535/parser';
import type { Problem } from '../source/problem.ts';
import { hasDevices } from './command-output.ts';
import { groupsOf } from './regular-expression.ts';
import type { BenchmarkText, FaultText, MetricText } from './schema/schema.ts';

const sources = ['pattern', 'json', 'yaml', 'table'] as const;

/** Groups beside which the number needs a name. */
const besideValue = ['unit', 'device'];
const VALUE_NEEDED = 'must have a group (?<value>...) for the number, since it has other named groups';

/** Problems of the patterns that are no metrics. Paths are relative to the benchmark. */
export function patternProblems({ require = [], faults = [] }: BenchmarkText): Problem[] {
  return [
    ...require.flatMap((pattern, index) => invalid(pattern, ['require', index])),
    ...faults.flatMap((fault, index) =>
      faultProblems(fault).map((problem) => ({ ...problem, path: ['faults', index, ...problem.path] }))
    ),
  ];
}

function faultProblems({ pattern, json, device }: FaultText): Problem[] {
  if ((pattern === undefined) === (json === undefined))
    return [{ path: [], message: 'must have either a pattern or json' }];
  if (device !== undefined && json === undefined) {
    return [{ path: ['device'], message: 'is for json; a pattern has a group (?<device>...)', atKey: true }];
  }
  return [...invalid(pattern, ['pattern']), ...invalidPath(json, 'json')];
}

/** Problems of one metric. Paths are relative to it. */
export function metricProblems(text: MetricText): Problem[] {
  const { pattern, each, table, json, yaml } = text;
  const expressions = [
    ...invalid(pattern, ['pattern']),
    ...invalid(each, ['each']),
    ...invalid(table?.header, ['table', 'header']),
    ...invalid(table?.title, ['table', 'title']),
    ...invalidPath(json, 'json'),
    ...invalidPath(yaml, 'yaml'),
  ];
  return expressions.length > 0 ? expressions : combinations(text);
}

/** Keys that do not fit together. */
function combinations(text: MetricText): Problem[] {
  const { pattern = '', split, each, device, take, table } = text;
  const [groups, ofEach] = [groupsOf(pattern).names, groupsOf(each ?? '').names];
  const named = sources.filter((source) => text[source] !== undefined);
  const isList = split !== undefined && each !== undefined;
  const places = device !== undefined && device !== 'index';
  const checks: [isWrong: boolean, path: string[], message: string][] = [
    [named.length === 0, [], `must have one of ${sources.join(', ')}: where the number is`],
    [named.length > 1, [named[1] ?? ''], `cannot be used together with ${named[0]}`],
    [lacksValue(groups) && take !== 'count', ['pattern'], VALUE_NEEDED],
    [lacksValue(ofEach), ['each'], VALUE_NEEDED],
    [split !== undefined && each === undefined, ['split'], 'needs "each", the pattern of one part'],
    [each !== undefined && split === undefined, ['each'], 'needs "split", the text between two parts'],
    [isList && text.pattern === undefined, ['split'], 'needs a pattern, which finds the list'],
    [
      isList && take !== undefined && !['first', 'last', 'once'].includes(take),
      ['take'],
      'chooses one of several lists: first or last',
    ],
    [groups.includes('list') && !isList, ['pattern'], 'must be used with "split" and "each", since it has a list'],
    [take === 'each' && !hasDevices(text), ['take'], 'needs to know the devices: "device", or a group (?<device>...)'],
    [
      (table?.header === undefined) === (table?.title === undefined) && table !== undefined,
      ['table'],
      'must have either a header or a title',
    ],
    [places && text.pattern !== undefined, ['device'], 'has rows and columns only in a table or a document'],
    [
      device === 'index' && !isList && take !== undefined && take !== 'each',
      ['device'],
      'needs all values: "take: each", or a list',
    ],
  ];
  return checks
    .filter(([isWrong]) => isWrong)
    .map(([, path, message]) => ({ path, message, atKey: !message.startsWith('must') }));
}

function lacksValue(names: readonly string[]): boolean {
  return !names.includes('value') && !names.includes('list') && besideValue.some((name) => names.includes(name));
}

function invalid(pattern: string | undefined, path: Problem['path']): Problem[] {
  const problem = pattern === undefined ? null : groupsOf(pattern).problem;
  return problem === null ? [] : [{ path, message: problem }];
}

function invalidPath(written: string | undefined, key: string): Problem[] {
  if (written === undefined) return [];
  try {
    parseJsonPath(written);
    return [];
  } catch (error) {
    const { location } = error as { location?: { start: { column: number } } };
    const where = location === undefined ? '' : ` at character ${location.start.column}`;
    return [{ path: [key], message: `is not a valid JSONPath (RFC 9535)${where}` }];
  }
}
