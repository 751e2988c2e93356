import { MEASURED_BY } from '../servers/guard.ts';
import { judge } from '../verdicts/judge.ts';
import { devicesHidden, machineFacts } from '../servers/machine.ts';
import { isStep, type BenchmarkPlan, type CheckedServer } from '../plans/plan.ts';
import { clockNote } from '../checks/readiness.ts';
import { judgedRow } from '../verdicts/judged-row.ts';
import type { BenchmarkRow, ServerRow } from '../verdicts/server-row.ts';

/**
 * The row of a checked server: `pass` means ready for all configured benchmarks; `error` and `busy` are the verdicts that a
 * run would give, for the same reasons. Never `fail`, because nothing was measured.
 */
export function checkedRow(checked: CheckedServer, elapsed: Pick<ServerRow, 'startedAt' | 'seconds'>): ServerRow {
  const { serverId, hardwareClass, classBy = null, identity = null, benchmarks, readiness, busy } = checked;
  const { notes: found = [] } = checked;
  const clock = clockNote(readiness.clock);
  const notes = [...found, ...(clock === null ? [] : [clock]), ...devicesHidden(checked.machine)];
  const facts = { serverId, hardwareClass, classBy, identity, machine: machineFacts(checked.machine), ...elapsed };
  const row = judgedRow(facts, benchmarks.map(readyRow), notes);
  const checkedServer = { ...row, readiness };
  if (busy !== null) {
    const message = busy.startsWith(MEASURED_BY) ? busy : `this server is busy with other work: ${busy}`;
    return { ...checkedServer, verdict: 'busy', reason: message, error: { type: 'ServerBusy', message } };
  }
  const error = readiness.obstacle ?? (row.verdict === 'error' ? null : (checked.expectationMissing ?? null));
  return error === null ? checkedServer : { ...checkedServer, verdict: 'error', reason: error.message, error };
}

function readyRow({ benchmark, expected, step }: BenchmarkPlan): BenchmarkRow {
  const error = isStep(step) ? null : step;
  const tool = isStep(step) ? step.tool : null;
  const row = judge(benchmark, { measurements: [], error, tool, seconds: null }, error === null ? {} : expected);
  return error === null ? { ...row, verdict: 'pass', reason: null } : row;
}
