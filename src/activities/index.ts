import { toApplicationFailure } from './activity-failure.ts';
import { benchmarkCommand } from './benchmark-command.ts';
import { benchmarkCpu } from './benchmark-cpu.ts';
import { benchmarkGpu } from './benchmark-gpu.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { forecast } from './forecast.ts';
import { planFleet } from './plan-fleet.ts';
import { prepareServer } from './prepare-server.ts';
import { releaseServer } from './release-server.ts';
import { tryLogin } from './try-login.ts';

export type Activities = ReturnType<typeof createActivities>;

/** Everything that workflows may ask of a worker. A failure they reject with has the type of its kind, never a bare Error. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    forecast: toApplicationFailure(forecast(dependencies)),
    planFleet: toApplicationFailure(planFleet(dependencies)),
    prepareServer: toApplicationFailure(prepareServer(dependencies)),
    benchmarkCpu: toApplicationFailure(benchmarkCpu(dependencies)),
    benchmarkGpu: toApplicationFailure(benchmarkGpu(dependencies)),
    benchmarkCommand: toApplicationFailure(benchmarkCommand(dependencies)),
    releaseServer: toApplicationFailure(releaseServer(dependencies)),
    tryLogin: toApplicationFailure(tryLogin(dependencies)),
  };
}
