import type { MeasuredRun } from '../../domain/reports/read-report.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';

/** How many recent runs are searched for one that measured a server. */
export const MAX_RUNS_READ = 50;

/** Whether a run measured one of these servers. */
export function measuredOneOf(serverIds: ReadonlySet<string>, { servers }: MeasuredRun): boolean {
  return servers.some(({ serverId, benchmarks }) => {
    return serverIds.has(serverId) && benchmarks.some(({ measurements }) => measurements.length > 0);
  });
}

export function noRunRefusal(): Refusal {
  return new Refusal(`no run has measured these servers: start one with ${ownCommand('run', '--measure-only')}`);
}
