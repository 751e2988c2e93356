export { benchmarkFleet } from './benchmark-fleet.ts';
export { benchmarkServer } from './benchmark-server.ts';
export { planRun } from './plan-run.ts';
