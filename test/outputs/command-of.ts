import { parse } from 'yaml';
import { catalogue, kindsOf } from '../../src/benchmarks/catalogue.ts';
import { commandOutput } from '../../src/config/command-output.ts';
import { metricProblems } from '../../src/config/metric-problems.ts';
import { requiredAndFaultProblems } from '../../src/config/required-and-faults.ts';
import { benchmarksSchema } from '../../src/config/schema/benchmark-schema.ts';
import { matchPattern, withinTime } from '../../src/outputs/bounded-match.ts';
import type { CommandOutput } from '../../src/domain/plans/command-output.ts';
import type { Gpu } from '../../src/domain/servers/machine.ts';
import { DeviceNumbers } from '../../src/outputs/device-numbers.ts';
import type { OutputReader } from '../../src/outputs/output-reader.ts';
import { readCommand, type CommandReadings } from '../../src/outputs/read-command.ts';
import { pathText } from '../../src/source/problem.ts';

/** How the benchmark `x` of a configuration reads its output. */
export function outputOf(yaml: string): CommandOutput {
  const parsed = benchmarksSchema(kindsOf(catalogue)).parse({ x: { command: './x', ...(parse(yaml) as object) } });
  const text = parsed['x']!;
  const problems = [
    ...requiredAndFaultProblems(text),
    ...Object.entries(text.metrics ?? {}).flatMap(([name, metric]) =>
      metricProblems(metric).map(({ path, message }) => ({ path: ['metrics', name, ...path], message }))
    ),
  ];
  if (problems.length > 0)
    throw new Error(problems.map(({ path, message }) => `${pathText(path)}: ${message}`).join('\n'));
  return commandOutput('x', text);
}

export function realReader(gpus: readonly Gpu[] = [], firstGpu: number | null = 0): Omit<OutputReader, 'document'> {
  return { match: matchPattern, limit: withinTime, devices: new DeviceNumbers({ gpus: [...gpus], firstGpu }) };
}

/** Reads what a command wrote to standard output. */
export function readingsOf(yaml: string, stdout: string, stderr = ''): CommandReadings {
  const output = outputOf(yaml);
  return readCommand(output, { stdout, stderr }, realReader([], output.firstGpu));
}

/** The values by metric, or by metric and device: `{ score: 80, 'gflops 1': 6511 }`. */
export function valuesOf({ readings }: CommandReadings): Record<string, number> {
  return Object.fromEntries(
    readings.map(({ metric, device, value }) => [
      metric.replace('x.', '') + (device === null ? '' : ` ${device}`),
      value,
    ])
  );
}
