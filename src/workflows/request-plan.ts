import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { FleetPlan } from '../domain/plans/plan.ts';
import { countRefusal } from './outcomes.ts';
import { startedBySchedule } from './record.ts';

const { planFleet } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  // Longer than a worker outage, but an inventory that hangs must not block for ever.
  scheduleToCloseTimeout: '3 hours',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'which servers, which benchmarks',
});

/** The activity `planFleet`, with the arguments of this run. It validates them: the Temporal CLI can send anything. */
export async function requestPlan(args: unknown[]): Promise<FleetPlan> {
  const startedAt = workflowInfo().startTime.toISOString();
  return planFleet(args, { startedAt, schedule: startedBySchedule() }).catch(countRefusal);
}
