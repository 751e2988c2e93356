import { isListOf, isNumber, isObject, isText, orNull } from '../values/json-value.ts';
import type { BenchmarkResult } from '../measurements/benchmark-result.ts';
import type { BenchmarkPlan, CheckedServer, ServerPlan } from '../plans/plan.ts';
import { isReadiness } from '../checks/read-readiness.ts';
import { isDevice, isError } from './read-row.ts';

/**
 * Checks of what activities return: a worker of another version may have made it. They look at everything that a
 * workflow takes for granted, and at nothing else, since results gain fields.
 */

/** What `prepareServer` returns for this server. */
export function isPrepared(value: unknown, serverId: string): value is ServerPlan | CheckedServer {
  if (!isObject(value) || value['serverId'] !== serverId) return false;
  const { target, identity, hardwareClass, classBy, machine, benchmarks, expectationMissing } = value;
  const described =
    isText(hardwareClass) &&
    [target, identity, classBy].every(orMissing(isText)) &&
    isMachine(machine) &&
    isListOf(isBenchmarkPlan)(benchmarks) &&
    orMissing(isError)(expectationMissing);
  if (!described) return false;
  if ('readiness' in value) return isReadiness(value['readiness']) && orNull(isText)(value['busy']);
  return isJobHost(value['host']) && isListOf(isText)(value['notes']);
}

/** What a benchmark returns. JSON has no NaN: a number that is not finite arrives as null. */
export function isBenchmarkResult(value: unknown): value is BenchmarkResult {
  if (!isObject(value)) return false;
  const { measurements, devices, notCounted, error, tool, seconds, evidence, jobId } = value;
  return (
    isListOf(isMeasurement)(measurements) &&
    orMissing(isListOf(isDevice))(devices) &&
    orMissing(isListOf(isText))(notCounted) &&
    orNull(isError)(error) &&
    isText(tool) &&
    orNull(isNumber)(seconds) &&
    orMissing(isListOf(orNull(isEvidence)))(evidence) &&
    orMissing(isText)(jobId)
  );
}

/** What `releaseServer` returns: what is left. */
export function isLeftover(value: unknown): value is string[] {
  return isListOf(isText)(value);
}

/** Where to clean up, even if nothing else of a plan can be read. */
export function isJobHost(value: unknown): value is ServerPlan['host'] {
  return isObject(value) && isText(value['base']) && isNumber(value['freeKib']) && isText(value['bootId']);
}

function isBenchmarkPlan(value: unknown): value is BenchmarkPlan {
  if (!isObject(value) || !isText(value['benchmark'])) return false;
  const { expected, step } = value;
  return isObject(expected) && Object.values(expected).every(isObject) && (isError(step) || isStep(step));
}

function isStep(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { activity, tool, summary, timeoutMs } = value;
  return isText(activity) && activity.startsWith('benchmark') && [tool, summary].every(isText) && isNumber(timeoutMs);
}

function isMachine(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { system, cpuModel, cpus, memoryMib, gpus } = value;
  const numbers = isNumber(cpus) && orNull(isNumber)(memoryMib);
  return numbers && [system, cpuModel].every(orNull(isText)) && isListOf(isObject)(gpus);
}

function isMeasurement(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { metric, unit, better, samples, value: median, spread } = value;
  const named = [metric, unit].every(isText) && (better === 'higher' || better === 'lower');
  return named && isListOf(orNull(isNumber))(samples) && [median, spread].every(orNull(isNumber));
}

function isEvidence(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { loadBefore, otherLoad, steal, throttlings, celsius, governor, doubt, megahertz } = value;
  return (
    [loadBefore, otherLoad, steal, throttlings, celsius].every(orMissing(orNull(isNumber))) &&
    [governor, doubt].every(orMissing(orNull(isText))) &&
    orMissing(orNull((each) => isObject(each) && isNumber(each['mean'])))(megahertz)
  );
}

/** Left out by earlier versions. */
function orMissing(check: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || check(value);
}
