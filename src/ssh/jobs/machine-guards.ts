import { readHolder } from '../../domain/servers/guard.ts';
import type { GuardHolder } from '../../domain/servers/guard.ts';
import type { DetachedJobs, GuardRequest } from '../../domain/jobs/job.ts';
import type { createAsker } from './verb-sender.ts';
import type { Asker } from './verb-sender.ts';
import type { Verbs } from '../server-scripts/verb-script.ts';
import { checkHost } from './job-host.ts';
import { checkJobId } from './job-id.ts';

/** To end what an earlier run has left running. */
const ENDING_SECONDS = 30;

/** The guards of machines. Without one in its host, a request asks nothing. */
export function createGuards(
  askerFor: (caller: Parameters<typeof createAsker>[1]) => Asker,
  { graceSeconds }: { graceSeconds: number }
): Pick<DetachedJobs, 'takeGuard' | 'lookAtGuard' | 'dropGuard'> {
  async function hold(request: GuardRequest, MODE: Verbs['hold']['MODE']): Promise<GuardHolder | null> {
    const { host, runId, holder, over } = request;
    if (host.guard === undefined) return null;
    const values = { BASE: checkHost(host), GUARD: host.guard, RUN: checkJobId(runId), HOLDER: holder };
    const more = { OVER: over.map(checkJobId).join(' '), MODE, GRACE: graceSeconds };
    const answer = await askerFor(request)('hold', { ...values, ...more }, ENDING_SECONDS);
    const owner = answer.values.get('owner') ?? '';
    return owner === '' || owner === runId ? null : readHolder(owner, answer.out.toString('latin1'));
  }
  return {
    takeGuard: (request) => hold(request, 'take'),
    lookAtGuard: (request) => hold(request, 'look'),
    dropGuard: async (request) => void (await hold(request, 'drop')),
  };
}
