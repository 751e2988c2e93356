import type { FleetPlan } from './plan.ts';

/**
 * Which server takes whose place, by server id: the first to end makes room for the next in order, so `maxParallel` servers
 * later is a good guess. The worker looks at that one ahead, so at most at one for each place.
 */
export function lookAheadOrder({
  serverIds,
  order = serverIds,
  skipped = {},
  maxParallel,
}: Pick<FleetPlan, 'serverIds' | 'order' | 'skipped' | 'maxParallel'>): Map<string, string> {
  const started = order.filter((serverId) => !Object.hasOwn(skipped, serverId));
  return new Map(started.slice(maxParallel).map((next, index) => [started[index]!, next]));
}
