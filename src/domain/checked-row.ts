import { MEASURED_BY } from './guard.ts';
import { judge } from './judge.ts';
import { devicesHidden, machineFacts } from './machine.ts';
import { isStep } from './plan.ts';
import type { BenchmarkPlan, CheckedServer } from './plan.ts';
import { whyClockIsTold } from './readiness.ts';
import { judgedRow } from './server-row.ts';
import type { BenchmarkRow, ServerRow } from './server-row.ts';

/**
 * The row of a server that was checked: `pass` is ready for all that is configured, `error` and `busy` are what a run
 * would come to, each for the same reason. Never `fail`: nothing was measured.
 */
export function checkedRow(checked: CheckedServer, elapsed: Pick<ServerRow, 'startedAt' | 'seconds'>): ServerRow {
  const { serverId, hardwareClass, classBy = null, identity = null, benchmarks, readiness, busy } = checked;
  const { notes: found = [] } = checked;
  const clock = whyClockIsTold(readiness.clock);
  const notes = [...found, ...(clock === null ? [] : [clock]), ...devicesHidden(checked.machine)];
  const facts = { serverId, hardwareClass, classBy, identity, machine: machineFacts(checked.machine), ...elapsed };
  const row = judgedRow(facts, benchmarks.map(readyRow), notes);
  const told = { ...row, readiness };
  if (busy !== null) {
    const message = busy.startsWith(MEASURED_BY) ? busy : `this server is already working: ${busy}`;
    return { ...told, verdict: 'busy', reason: message, error: { type: 'ServerBusy', message } };
  }
  const error = readiness.obstacle ?? (row.verdict === 'error' ? null : (checked.expectationMissing ?? null));
  return error === null ? told : { ...told, verdict: 'error', reason: error.message, error };
}

function readyRow({ benchmark, expected, step }: BenchmarkPlan): BenchmarkRow {
  const error = isStep(step) ? null : step;
  const tool = isStep(step) ? step.tool : null;
  const row = judge(benchmark, { measurements: [], error, tool, seconds: null }, error === null ? {} : expected);
  return error === null ? { ...row, verdict: 'pass' } : row;
}
