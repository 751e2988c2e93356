import type { Problem } from '../source/problem.ts';
import { jsonPathProblems, signProblems } from './pattern-problems.ts';
import type { BenchmarkText, FaultText } from './schema/schema.ts';

/** Problems of what an output must have (`require`), and of what is wrong in it (`faults`). Paths are relative to the benchmark. */
export function requiredAndFaultProblems({ require = [], faults = [] }: BenchmarkText): Problem[] {
  return [
    ...require.flatMap((pattern, index) => signProblems(pattern, ['require', index], [])),
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
  return [...signProblems(pattern, ['pattern'], ['device']), ...jsonPathProblems(json, ['json'])];
}
