import { isNumber, isObject, isText } from '../values/json-value.ts';
import { isProcessLimits } from '../servers/process-limits.ts';
import type { Readiness } from './readiness.ts';

/** Whether a value is what a check found, as a worker of some version wrote it. */
export function isReadiness(value: unknown): value is Readiness {
  if (!isObject(value)) return false;
  const { user, hostKey, kernel, tools, jobs, obstacle, clock, otherWork, limits = null } = value;
  return (
    isText(user) &&
    isObject(hostKey) &&
    [hostKey.fingerprint, hostKey.trusted].every(isText) &&
    [kernel, otherWork].every((text) => text === null || isText(text)) &&
    Array.isArray(tools) &&
    tools.every(isTool) &&
    isNullOr(jobs, ({ folder, freeKib }) => isText(folder) && isNumber(freeKib)) &&
    isNullOr(obstacle, ({ type, message }) => isText(type) && isText(message)) &&
    (limits === null || isProcessLimits(limits)) &&
    isNullOr(clock, ({ aheadSeconds, withinSeconds }) => isNumber(aheadSeconds) && isNumber(withinSeconds))
  );
}

function isTool(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { benchmark, tool, found, install } = value;
  return isText(benchmark) && isText(tool) && typeof found === 'boolean' && (install === null || isText(install));
}

function isNullOr(value: unknown, check: (value: Record<string, unknown>) => boolean): boolean {
  return value === null || (isObject(value) && check(value));
}
