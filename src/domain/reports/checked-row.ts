import { MEASURED_BY } from '../servers/guard.ts';
import { judge } from '../verdicts/judge.ts';
import { devicesHidden, machineFacts } from '../servers/machine.ts';
import { isStep } from '../plans/plan.ts';
import type { BenchmarkPlan, CheckedServer } from '../plans/plan.ts';
import { whyClockIsTold } from '../checks/readiness.ts';
import { judgedRow } from '../verdicts/server-row.ts';
import type { BenchmarkRow, ServerRow } from '../verdicts/server-row.ts';

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
    const message = busy.startsWith(MEASURED_BY) ? busy : `this server is busy with other work: ${busy}`;
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
