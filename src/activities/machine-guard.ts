import { activityInfo, getClient, log } from '@temporalio/activity';
import { hostname } from 'node:os';
import { Failure } from '../domain/failures/failure.ts';
import { heldBy, holderText } from '../domain/servers/guard.ts';
import type { GuardHolder } from '../domain/servers/guard.ts';
import type { GuardRequest, JobHost, ServerName, Ssh } from '../domain/jobs/job.ts';
import { withTimeout } from '../waiting/with-timeout.ts';

type Machine = ServerName & { host: JobHost; signal: AbortSignal };

/** Runs that are over may have left their guards one upon the other. */
const MAX_EARLIER_RUNS = 5;

const DROP_TIMEOUT_MS = 5_000;

/**
 * Takes the guard of a machine for the run of the current activity: one that another Temporal started may know nothing of
 * this one. What runs of our own Temporal have left that are over by now is ended and removed.
 * @throws Failure ServerBusy, with who has it
 */
export async function takeGuard(ssh: Ssh, machine: Machine): Promise<void> {
  if (machine.host.guard === undefined) return;
  const holder = await askForHolder(machine, (request) => ssh.jobs.takeGuard(request));
  if (holder !== null) throw new Failure('ServerBusy', heldBy(holder));
}

/** Who has the guard of a machine, as a phrase; null: it is free. Changes nothing. */
export async function findGuardHolder(ssh: Ssh, machine: Machine): Promise<string | null> {
  const holder = await askForHolder(machine, (request) => ssh.jobs.lookAtGuard(request));
  return holder === null ? null : heldBy(holder);
}

/** Of a server on which nothing is started after all. What this cannot reach ends by itself. */
export async function dropGuard(ssh: Ssh, machine: Omit<Machine, 'signal'>): Promise<void> {
  try {
    const request = { ...machine, ...ownRun(''), over: [] };
    await withTimeout(DROP_TIMEOUT_MS, (signal) => ssh.jobs.dropGuard({ ...request, signal }));
  } catch (error) {
    log.warn('the guard of the server could not be let go of; it ends by itself', { err: error });
  }
}

async function askForHolder(
  machine: Machine,
  ask: (request: GuardRequest) => Promise<GuardHolder | null>
): Promise<GuardHolder | null> {
  const own = ownRun(await runName());
  const over: string[] = [];
  for (;;) {
    const holder = await ask({ ...machine, ...own, over });
    if (holder === null) return null;
    const isKnown = over.includes(holder.runId) || over.length === MAX_EARLIER_RUNS;
    if (isKnown || !(await isOver(holder))) return holder;
    over.push(holder.runId);
  }
}

function ownRun(run: string): Pick<GuardRequest, 'runId' | 'holder'> {
  const { workflowId = 'none', runId = 'none' } = activityInfo().workflowExecution ?? {};
  const holder = { workflowId, run: run || workflowId, workerHost: hostname(), since: new Date().toISOString() };
  return { runId, holder: holderText(holder) };
}

/** Of the workflow that has started this server's; empty: nobody knows. */
async function runName(): Promise<string> {
  const { workflowId, runId } = activityInfo().workflowExecution ?? {};
  try {
    if (workflowId === undefined) return '';
    const { raw } = await getClient().workflow.getHandle(workflowId, runId).describe();
    return raw.workflowExecutionInfo?.parentExecution?.workflowId ?? workflowId;
  } catch {
    return '';
  }
}

/** Our own Temporal knows that run, and that it is closed: terminated, reset, or over in another way. */
async function isOver({ workflowId, runId }: GuardHolder): Promise<boolean> {
  try {
    const { closeTime } = await getClient().workflow.getHandle(workflowId, runId).describe();
    return closeTime !== undefined; // a paused one has another status than RUNNING, and goes on
  } catch {
    return false; // not found: it is of another Temporal
  }
}
