import { readHolder, type GuardHolder } from '../../domain/servers/guard.ts';
import type { DetachedJobs, GuardRequest } from '../../domain/jobs/job.ts';
import type { ScriptValues } from '../server-scripts/server-script.ts';
import { checkJobFolder, checkJobId } from './job-names.ts';
import type { ScriptSenderTo } from './script-sender.ts';

/** Maximum time for killing the remaining processes of an earlier run. */
const KILL_SECONDS = 30;

/** The guards of machines. A request whose host has no guard does nothing. */
export function machineGuards(
  senderTo: ScriptSenderTo,
  { graceSeconds }: { graceSeconds: number }
): Pick<DetachedJobs, 'takeGuard' | 'lookAtGuard' | 'dropGuard'> {
  async function hold(request: GuardRequest, MODE: ScriptValues['hold']['MODE']): Promise<GuardHolder | null> {
    const { host, runId, holder, over } = request;
    if (host.guard === undefined) return null;
    const values = { BASE: checkJobFolder(host), GUARD: host.guard, RUN: checkJobId(runId), HOLDER: holder };
    const more = { OVER: over.map(checkJobId).join(' '), MODE, GRACE: graceSeconds };
    const answer = await senderTo(request)('hold', { ...values, ...more }, KILL_SECONDS);
    const owner = answer.values.get('owner') ?? '';
    return owner === '' || owner === runId ? null : readHolder(owner, answer.out.toString('latin1'));
  }
  return {
    takeGuard: (request) => hold(request, 'take'),
    lookAtGuard: (request) => hold(request, 'look'),
    dropGuard: async (request) => void (await hold(request, 'drop')),
  };
}
