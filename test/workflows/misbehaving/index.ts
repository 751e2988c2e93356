import { sleep } from '@temporalio/workflow';
import type { ServerInput } from '../../../src/domain/plans/plan.ts';
import { failClosed } from '../../../src/workflows/workflow-failure.ts';

export { benchmarkFleet } from '../../../src/workflows/benchmark-fleet.ts';

/** The faults in the workflow of a server, keyed by the server's name. */
const faults: Record<string, () => unknown> = {
  'throws-error': () => {
    throw new TypeError('undefined is not a function');
  },
  'throws-string': () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is the fault
    throw 'a string';
  },
  'throws-undefined': () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is the fault
    throw undefined;
  },
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the fault
  'rejects-undefined': () => Promise.reject(),
  'returns-nothing': () => undefined,
  'returns-text': () => 'pass',
  'returns-half-a-row': () => ({ serverId: 'returns-half-a-row', verdict: 'pass' }),
  'returns-another-row': () => ({ ...row('someone-else'), verdict: 'pass' }),
  'returns-circle': () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    return circle;
  },
  'returns-bigint': () => ({ ...row('returns-bigint'), seconds: 1n }),
  sleeps: () => sleep('1 hour'),
  fine: () => ({ ...row('fine'), verdict: 'pass' }),
};

function row(serverId: string): Record<string, unknown> {
  const nothing = { hardwareClass: null, reason: null, error: null, startedAt: null, seconds: null };
  return { serverId, ...nothing, benchmarks: [] };
}

/** Replaces our workflow: it catches no error. */
export async function benchmarkServer({ serverId }: ServerInput): Promise<unknown> {
  return faults[serverId]!();
}

/** The same faults inside the wrapper of our workflows. */
export async function endingWorkflow(fault: string): Promise<unknown> {
  return failClosed(async () => faults[fault]!());
}
