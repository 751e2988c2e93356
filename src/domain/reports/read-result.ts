import { isReadiness } from '../checks/readiness.ts';
import { isError } from '../failures/failure.ts';
import type { JobHost } from '../jobs/job.ts';
import type { BenchmarkResult, FailureDetails, Fault } from '../measurements/benchmark-result.ts';
import type { Evidence } from '../measurements/evidence.ts';
import type { Measurement } from '../measurements/measurement.ts';
import type { BenchmarkPlan, BenchmarkStep, CheckedServer, ServerPlan } from '../plans/plan.ts';
import type { Machine } from '../servers/machine.ts';
import { fields, isListOf, isNumber, isObject, isShape, isText, orMissing, orNull } from '../values/json-value.ts';
import { isDevice } from './read-report.ts';

/**
 * Checks of the results of activities, which may come from a worker of another version. They check everything that a
 * workflow relies on, and nothing else.
 */

/** Whether a value is the result of `prepareServer` for this server. */
export function isPrepared(value: unknown, serverId: string): value is ServerPlan | CheckedServer {
  if (!isPlan(value) || value.serverId !== serverId) return false;
  return 'readiness' in value ? isChecked(value) : isRunnable(value);
}

/** Whether a value is the result of `releaseServer`: the names of leftovers. */
export function isLeftover(value: unknown): value is string[] {
  return isListOf(isText)(value);
}

/** Checked on its own, so that a server is cleaned up even if the rest of its plan is invalid. */
export const isJobHost = isShape<JobHost>({ ...fields(isText, 'base', 'bootId'), freeKib: isNumber });

const isMachine = isShape<Machine>({
  ...fields(orNull(isText), 'system', 'cpuModel'),
  cpus: isNumber,
  memoryMib: orNull(isNumber),
  gpus: isListOf(isObject),
});

const isStep = isShape<BenchmarkStep>({
  activity: (value) => isText(value) && value.startsWith('benchmark'),
  ...fields(isText, 'tool', 'summary'),
  timeoutMs: isNumber,
});

const isBenchmarkPlan = isShape<BenchmarkPlan>({
  benchmark: isText,
  expected: (value) => isObject(value) && Object.values(value).every(isObject),
  step: (value) => isError(value) || isStep(value),
});

const isPlan = isShape<ServerPlan>({
  hardwareClass: isText,
  ...fields(orMissing(isText), 'target', 'identity', 'classBy'),
  machine: isMachine,
  benchmarks: isListOf(isBenchmarkPlan),
  expectationMissing: orMissing(isError),
});

const isRunnable = isShape<ServerPlan>({ host: isJobHost, notes: isListOf(isText) });

const isChecked = isShape<CheckedServer>({ readiness: isReadiness, busy: orNull(isText) });

/** JSON has no NaN: a number that is not finite arrives as null. */
const isMeasurement = isShape<Measurement>({
  ...fields(isText, 'metric', 'unit'),
  better: (value) => value === 'higher' || value === 'lower',
  samples: isListOf(orNull(isNumber)),
  ...fields(orNull(isNumber), 'value', 'spread'),
  exact: (value) => value === undefined || value === true,
});

const isEvidence = isShape<Evidence>({
  ...fields(orMissing(orNull(isNumber)), 'loadBefore', 'otherLoad', 'steal', 'throttlings', 'celsius'),
  ...fields(orMissing(orNull(isText)), 'governor', 'doubt'),
  megahertz: orMissing(orNull(isShape<{ mean: number }>({ mean: isNumber }))),
});

const isFault = isShape<Fault>({ ...fields(isText, 'says', 'text'), device: orNull(isNumber) });

/** Whether a value is the result of a benchmark. */
export const isBenchmarkResult = isShape<BenchmarkResult>({
  measurements: isListOf(isMeasurement),
  devices: orMissing(isListOf(isDevice)),
  notCounted: orMissing(isListOf(isText)),
  faults: orMissing(isListOf(isFault)),
  error: orNull(isError),
  tool: isText,
  seconds: orNull(isNumber),
  evidence: orMissing(isListOf(orNull(isEvidence))),
  jobId: orMissing(isText),
});

/** Whether a value has the output of a failed benchmark. Failures of earlier versions lack it. */
export const isFailureDetails = isShape<FailureDetails>({ raw: isText });
