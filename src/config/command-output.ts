import type {
  CommandMetric,
  CommandOutput,
  FaultSign,
  FaultSource,
  PathSource,
  Take,
  ValueSource,
} from '../domain/plans/command-output.ts';
import type { BenchmarkText, FaultText, MetricText } from './schema/schema.ts';
import { deviceList } from './json-path.ts';
import { groupsOf } from './regular-expression.ts';

/** How the output of a command is read, with all defaults. The text has no problems. */
export function commandOutput(
  benchmark: string,
  { read = 'stdout', keep, metrics = {}, require = [], faults = [], exit = {}, firstGpu }: BenchmarkText
): CommandOutput {
  const entries = Object.entries(exit).map(
    ([status, meaning]) => [status, meaning === 'ok' ? 'read' : meaning] as const
  );
  const { any: others = 'error', ...meanings } = Object.fromEntries(entries);
  return {
    read,
    keep: keep === undefined ? null : { head: keep.head ?? 0, tail: keep.tail ?? 0 },
    metrics: Object.entries(metrics).map(([name, metric]) => metricOf(`${benchmark}.${name}`, metric)),
    require,
    faults: faults.map(faultOf),
    exit: { meanings, others },
    firstGpu: firstGpu ?? null,
  };
}

function faultOf({ pattern = '', json, device, says, verdict = 'fail' }: FaultText): FaultSign {
  const source: FaultSource =
    json === undefined ? { kind: 'pattern', pattern } : { kind: 'json', path: json, device: device ?? null };
  return { source, says, verdict };
}

function metricOf(metric: string, text: MetricText): CommandMetric {
  const { unit, better, device = null, file = null, part = null, absent = 'error' } = text;
  return { metric, unit, better, source: sourceOf(text), take: takeOf(text), device, file, part, absent };
}

function sourceOf({ pattern = '', json, yaml, table, split, each }: MetricText): ValueSource {
  if (json !== undefined) return pathSource('json', json);
  if (yaml !== undefined) return pathSource('yaml', yaml);
  if (table !== undefined) {
    const { header, title = '', row = null, column = null } = table;
    const heading =
      header === undefined ? ({ is: 'title', pattern: title } as const) : ({ is: 'header', pattern: header } as const);
    return { kind: 'table', heading, row, column };
  }
  const list = split === undefined || each === undefined ? null : { split, each };
  return { kind: 'pattern', pattern, list };
}

function pathSource(kind: PathSource['kind'], path: string): PathSource {
  const part = deviceList(path);
  return { kind, path, listPart: typeof part === 'number' ? part : null };
}

function takeOf(text: MetricText): Take {
  // Of a list, one match is taken, and all of its parts.
  return text.take ?? (hasDevices(text) && text.split === undefined ? 'each' : 'once');
}

/** Whether each device has a value of its own. */
export function hasDevices({ pattern = '', each = '', device }: MetricText): boolean {
  return device !== undefined || [pattern, each].some((text) => groupsOf(text).names.includes('device'));
}
