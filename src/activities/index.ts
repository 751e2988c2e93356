import { catalogue, activityOf, kindsOf } from '../benchmarks/catalogue.ts';
import { COMMAND, type BenchmarkRequest } from '../domain/plans/plan.ts';
import type { BenchmarkResult } from '../domain/measurements/benchmark-result.ts';
import { toApplicationFailure } from './activity-failure.ts';
import { benchmark } from './benchmark.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { claimActions } from './claim-actions.ts';
import { performAction } from './perform-action.ts';
import { forecast, planFleet } from './plan-fleet.ts';
import { createLookAhead, type LookAhead } from './look-ahead.ts';
import { prepareServer } from './prepare-server.ts';
import { recordRun, recordServer } from './record-results.ts';
import { releaseServer } from './release-server.ts';
import { startRunByHand } from './start-run.ts';
import { tryLogin } from './try-login.ts';

/** All activities. */
export type Activities = ReturnType<typeof ownActivities> & Record<`benchmark${string}`, BenchmarkActivity>;

type BenchmarkActivity = (request: BenchmarkRequest) => Promise<BenchmarkResult>;

/**
 * Creates the activities. Each kind of benchmark has its own name, such as `benchmarkCpu`, for the Web UI. They reject with
 * an ApplicationFailure whose type is the failure kind.
 */
export function createActivities({
  tools = catalogue,
  results = null,
  ...given
}: Omit<ActivityDependencies, 'tools' | 'results'> & Partial<ActivityDependencies>): Activities {
  const dependencies = { ...given, tools, results };
  const names = [...kindsOf(tools).map((kind) => activityOf(kind.benchmark)), activityOf(COMMAND)];
  const ahead = createLookAhead(dependencies);
  const measured = benchmark(dependencies);
  const measure: BenchmarkActivity = toApplicationFailure((request) => ahead.during(request, () => measured(request)));
  return { ...ownActivities(dependencies, ahead), ...Object.fromEntries(names.map((name) => [name, measure])) };
}

function ownActivities(dependencies: ActivityDependencies, ahead: LookAhead) {
  return {
    claimActions: claimActions(dependencies),
    forecast: toApplicationFailure(forecast(dependencies)),
    performAction: performAction(dependencies),
    planFleet: toApplicationFailure(planFleet(dependencies)),
    prepareServer: toApplicationFailure(prepareServer(dependencies, ahead)),
    recordRun: recordRun(dependencies),
    recordServer: recordServer(dependencies),
    releaseServer: toApplicationFailure(releaseServer(dependencies)),
    startRunByHand: toApplicationFailure(startRunByHand(dependencies)),
    tryLogin: toApplicationFailure(tryLogin(dependencies)),
  };
}
