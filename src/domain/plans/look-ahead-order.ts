import type { FleetPlan, ServerInput } from './plan.ts';

/**
 * Which server takes whose place, by server id: the first to end makes room for the next in order, so `maxParallel` servers
 * later is a good guess. The worker looks at `next` ahead, at most at one for each place.
 */
export function lookAheadOrder({
  serverIds,
  skipped = {},
  maxParallel,
}: Pick<FleetPlan, 'serverIds' | 'skipped' | 'maxParallel'>): Map<string, Pick<ServerInput, 'seenAhead' | 'next'>> {
  const started = serverIds.filter((serverId) => !Object.hasOwn(skipped, serverId));
  return new Map(
    started.map((serverId, index) => {
      const next = started[index + maxParallel];
      return [serverId, { ...(index >= maxParallel && { seenAhead: true }), ...(next !== undefined && { next }) }];
    })
  );
}
