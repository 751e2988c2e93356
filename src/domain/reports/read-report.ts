import { isReadiness } from '../checks/readiness.ts';
import { isError } from '../failures/failure.ts';
import type { RowEvidence } from '../measurements/evidence.ts';
import type { GpuFacts, MachineFacts } from '../servers/machine.ts';
import { isProcessLimits } from '../servers/process-limits.ts';
import { isServerId } from '../servers/server.ts';
import { fields, isListOf, isNumber, isShape, isText, orMissing, orNull } from '../values/json-value.ts';
import type {
  BenchmarkRow,
  MetricLimit,
  RowDevice,
  RowMeasurement,
  ServerRow,
  Shortfall,
  Truncation,
} from '../verdicts/server-row.ts';
import { verdicts } from '../verdicts/verdict.ts';
import type { FleetReport } from './fleet-report.ts';

/** The fields of a report that a baseline needs. */
export type MeasuredRun = Pick<FleetReport, 'run' | 'temporalRunId' | 'startedAt' | 'servers'>;

/** Reads a report from a file or the result of a workflow; null if it is not a complete report. */
export function readReport(value: unknown): MeasuredRun | null {
  if (!isRun(value)) return null;
  const { run, temporalRunId, startedAt, servers } = value;
  const rows = servers.map((row) => readServerRow(row, row.serverId));
  const ids = new Set(rows.map((row) => row?.serverId));
  if (!rows.every((row) => row !== null) || ids.size < rows.length) return null;
  return { run, temporalRunId, startedAt, servers: rows };
}

const isRun = isShape<FleetReport>({
  schemaVersion: (value) => value === 1,
  run: isText,
  temporalRunId: isText,
  startedAt: (value) => isText(value) && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value)),
  servers: isListOf(isShape<ServerRow>({ serverId: isServerId })),
});

/** Defaults for the fields that rows of earlier versions do not have. */
const LATER_FIELDS = {
  ...{ notes: [], classBy: null, machine: null, identity: null, readiness: null },
  ...{ temporalRunId: null, truncated: null },
};

/**
 * Reads the row that a server's workflow has returned, with later fields filled in; null if it is not a complete row of that
 * server. A worker of another version may have written it.
 */
export function readServerRow(value: unknown, serverId: string): ServerRow | null {
  if (!isRow(value) || value.serverId !== serverId) return null;
  const benchmarks = value.benchmarks.map((each) => ({ ...each, evidence: each.evidence ?? null }));
  // `value` comes first to keep the order of its fields, and last so that the defaults do not overwrite them.
  return { ...value, ...LATER_FIELDS, ...value, benchmarks };
}

const [isTextOrNull, isNumberOrNull] = [orNull(isText), orNull(isNumber)];

const isVerdict = (value: unknown): boolean => (verdicts as readonly unknown[]).includes(value);

const isTrueOrMissing = (value: unknown): boolean => value === undefined || value === true;

/** JSON has no NaN: a median that is not finite arrives as null, so `value` is not checked. */
const isMeasurement = isShape<RowMeasurement>({
  ...fields(isText, 'metric', 'unit'),
  ...fields(isNumberOrNull, 'device', 'spread'),
  samples: isNumber,
  better: (value) => value === undefined || value === 'lower',
  exact: isTrueOrMissing,
});

const isShortfall = isShape<Shortfall>({
  ...fields(isText, 'metric', 'unit'),
  ...fields(isNumber, 'measured', 'expected'),
  device: isNumberOrNull,
  comparison: (value) => value === '>=' || value === '<=',
  exact: isTrueOrMissing,
  ...fields(orMissing(isText), 'address', 'says'),
});

const isLimit = isShape<MetricLimit>({
  metric: isText,
  expected: isNumber,
  comparison: (value) => value === '>=' || value === '<=',
});

export const isDevice = isShape<RowDevice>({
  ...fields(isTextOrNull, 'address', 'uuid'),
  device: isNumber,
  name: isText,
});

const isEvidence = isShape<RowEvidence>({
  ...fields(isNumberOrNull, 'loadBefore', 'otherLoad', 'steal', 'celsius', 'megahertz', 'throttlings'),
  governor: isTextOrNull,
  doubtful: isNumber,
  ...fields(orMissing(isNumberOrNull), 'ownCpu', 'stoodStill', 'throttled'),
  limits: orMissing(orNull(isProcessLimits)),
});

const isBenchmarkRow = isShape<BenchmarkRow>({
  benchmark: isText,
  verdict: isVerdict,
  ...fields(isTextOrNull, 'reason', 'tool'),
  error: orNull(isError),
  seconds: isNumberOrNull,
  measurements: isListOf(isMeasurement),
  shortfalls: isListOf(isShortfall),
  devices: orMissing(isListOf(isDevice)),
  limits: orMissing(isListOf(isLimit)),
  evidence: orMissing(orNull(isEvidence)),
});

const isMachine = isShape<MachineFacts>({
  ...fields(isTextOrNull, 'system', 'cpuModel'),
  cpus: isNumber,
  memoryMib: isNumberOrNull,
  gpus: isListOf(isShape<GpuFacts>({ model: isText, count: isNumber })),
  kernel: orMissing(orNull(isText)),
  ...fields(orMissing(isText), 'product', 'bios', 'gpuDriver'),
});

const isRow = isShape<ServerRow>({
  serverId: isText,
  verdict: isVerdict,
  ...fields(isTextOrNull, 'hardwareClass', 'reason', 'startedAt'),
  error: orNull(isError),
  seconds: isNumberOrNull,
  benchmarks: isListOf(isBenchmarkRow),
  ...fields(orMissing(isTextOrNull), 'classBy', 'identity', 'temporalRunId'),
  machine: orMissing(orNull(isMachine)),
  notes: orMissing(isListOf(isText)),
  readiness: orMissing(orNull(isReadiness)),
  truncated: orMissing(orNull(isShape<Truncation>({ parts: isListOf(isText), workflowId: isText }))),
});
