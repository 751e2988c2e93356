import { isListOf, isNumber, isObject, isText, orNull } from '../values/json-value.ts';
import type { MachineFacts } from '../servers/machine.ts';
import { isProcessLimits } from '../servers/process-limits.ts';
import { isReadiness } from '../checks/read-readiness.ts';
import type { RowEvidence } from '../measurements/evidence.ts';
import type {
  BenchmarkRow,
  RowDevice,
  RowMeasurement,
  ServerRow,
  Shortfall,
  Truncation,
} from '../verdicts/server-row.ts';
import { verdicts } from '../verdicts/verdict.ts';

/**
 * Reads what a server's workflow handed over. Null for whatever is not the whole row of that server: a worker of
 * another version may have written it, and a report is only as good as its rows. Rows from before notes, evidence,
 * machine facts, checks and truncations existed have none of them.
 */
export function readServerRow(value: unknown, serverId: string): ServerRow | null {
  if (!isRow(value) || value.serverId !== serverId) return null;
  const benchmarks = value.benchmarks.map((each) => ({ ...each, evidence: each.evidence ?? null }));
  const { notes = [], classBy = null, machine = null, identity = null, readiness = null } = value;
  const { temporalRunId = null, truncated = null } = value;
  return { ...value, benchmarks, notes, classBy, machine, identity, readiness, temporalRunId, truncated };
}

type Later = 'notes' | 'classBy' | 'machine' | 'identity' | 'readiness' | 'temporalRunId' | 'truncated';
type EarlierRow = Omit<ServerRow, 'benchmarks' | Later> &
  Partial<Pick<ServerRow, Later>> & { benchmarks: EarlierBenchmark[] };
type EarlierBenchmark = Omit<BenchmarkRow, 'evidence'> & { evidence?: RowEvidence | null };

function isRow(value: unknown): value is EarlierRow {
  if (!isObject(value)) return false;
  const { serverId, hardwareClass, verdict, reason, error, startedAt, seconds, benchmarks, notes = [] } = value;
  const { classBy = null, machine = null, identity = null, readiness = null } = value;
  const { temporalRunId = null, truncated = null } = value;
  return (
    isText(serverId) &&
    isVerdict(verdict) &&
    [hardwareClass, classBy, identity, reason, startedAt, temporalRunId].every(orNull(isText)) &&
    orNull(isMachine)(machine) &&
    orNull(isNumber)(seconds) &&
    orNull(isError)(error) &&
    isListOf(isBenchmarkRow)(benchmarks) &&
    isListOf(isText)(notes) &&
    orNull(isReadiness)(readiness) &&
    orNull(isTruncation)(truncated)
  );
}

function isTruncation(value: unknown): value is Truncation {
  return isObject(value) && isListOf(isText)(value.parts) && isText(value.workflowId);
}

function isMachine(value: unknown): value is MachineFacts {
  if (!isObject(value)) return false;
  const { system, cpuModel, cpus, memoryMib, gpus } = value;
  const known = [system, cpuModel].every(orNull(isText)) && isNumber(cpus) && orNull(isNumber)(memoryMib);
  return known && isListOf((gpu) => isObject(gpu) && isText(gpu.model) && isNumber(gpu.count))(gpus);
}

function isBenchmarkRow(value: unknown): value is EarlierBenchmark {
  if (!isObject(value)) return false;
  const { benchmark, verdict, reason, error, tool, seconds, measurements, shortfalls, evidence = null } = value;
  const { devices = [] } = value;
  return (
    isText(benchmark) &&
    isVerdict(verdict) &&
    [reason, tool].every(orNull(isText)) &&
    orNull(isNumber)(seconds) &&
    orNull(isError)(error) &&
    isListOf(isMeasurement)(measurements) &&
    isListOf(isShortfall)(shortfalls) &&
    isListOf(isDevice)(devices) &&
    orNull(isEvidence)(evidence)
  );
}

/** JSON has no NaN: a median that is not finite arrives as null. */
function isMeasurement(value: unknown): value is RowMeasurement {
  if (!isObject(value)) return false;
  const { metric, unit, device, samples, spread } = value;
  return [metric, unit].every(isText) && orNull(isNumber)(device) && isNumber(samples) && orNull(isNumber)(spread);
}

function isShortfall(value: unknown): value is Shortfall {
  if (!isObject(value)) return false;
  const { metric, device, unit, comparison, measured, expected, address = '' } = value;
  const named = [metric, unit, address].every(isText) && orNull(isNumber)(device);
  return named && (comparison === '>=' || comparison === '<=') && [measured, expected].every(isNumber);
}

export function isDevice(value: unknown): value is RowDevice {
  if (!isObject(value)) return false;
  const { device, address, uuid, name } = value;
  return isNumber(device) && isText(name) && [address, uuid].every(orNull(isText));
}

function isEvidence(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { loadBefore, otherLoad, steal, celsius, megahertz, governor, throttlings, doubtful } = value;
  const { ownCpu = null, stoodStill = null, throttled = null, limits = null } = value;
  const numbers = [loadBefore, otherLoad, steal, celsius, megahertz, throttlings, ownCpu, stoodStill, throttled];
  return (
    numbers.every(orNull(isNumber)) && orNull(isText)(governor) && isNumber(doubtful) && orNull(isProcessLimits)(limits)
  );
}

export function isError(value: unknown): boolean {
  return isObject(value) && isText(value.type) && isText(value.message);
}

function isVerdict(value: unknown): boolean {
  return (verdicts as readonly unknown[]).includes(value);
}
