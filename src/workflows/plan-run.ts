import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { RunForecast } from '../domain/plans/run-forecast.ts';
import { failClosed } from './workflow-failure.ts';

const { forecast } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '5 minutes',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'what a run would do',
});

/** Plans `benchmarkFleet` with these arguments and the worker's configuration. Connects to no server. */
export async function planRun(...args: unknown[]): Promise<RunForecast> {
  return failClosed(() => forecast(args));
}
