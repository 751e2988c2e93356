import { workflowInfo } from '@temporalio/workflow';
import type { FleetPlan } from '../domain/plans/plan.ts';
import { aggregate, type FleetReport } from '../domain/reports/fleet-report.ts';
import { tenths } from '../domain/values/numbers.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';

/** The report of this run so far. @param plan - null: the run has none yet */
export function reportOf(plan: FleetPlan | null, rows: readonly ServerRow[]): FleetReport {
  const { workflowId, runId, startTime } = workflowInfo();
  const seconds = tenths((Date.now() - startTime.getTime()) / 1000);
  const selection = plan?.selection;
  const facts = { run: workflowId, temporalRunId: runId, startedAt: startTime.toISOString(), seconds };
  const kind = plan?.checkOnly ? ({ checkOnly: true } as const) : {};
  const about = { note: plan?.note ?? null, ...(selection && { selection }), ...settingsOf(plan) };
  return aggregate({ ...facts, ...kind, ...about }, rows);
}

function settingsOf(plan: FleetPlan | null): Pick<FleetReport, 'settings' | 'retryOf'> {
  if (plan === null) return {};
  const { benchmarks, maxParallel, measureOnly, evenIfBusy, retryOf } = plan;
  const settings = { benchmarks, maxParallel, measureOnly, evenIfBusy };
  return { settings, ...(retryOf !== undefined && { retryOf }) };
}
