import { activityInfo, log } from '@temporalio/activity';
import { hostname } from 'node:os';
import { Failure } from '../domain/failures/failure.ts';
import { heldBy, holderText, type GuardHolder } from '../domain/servers/guard.ts';
import { sameMachineAs } from '../domain/servers/server.ts';
import type { GuardRequest, JobHost, ServerName, Ssh } from '../domain/jobs/job.ts';
import { pause } from '../waiting/first-of.ts';
import { withTimeout } from '../waiting/with-timeout.ts';
import { otherIdInThisRun } from './same-run.ts';
import { stateOf } from './workflow-state.ts';

/** `run`: the workflow id of the run; without it, Temporal is asked. */
type Machine = ServerName & { host: JobHost; run?: string | undefined; signal: AbortSignal };

/** Maximum number of ended runs whose guards are removed in one call. */
const MAX_EARLIER_RUNS = 5;

const DROP_TIMEOUT_MS = 5_000;

/** Two ids that see each other both give the guard up: only one that is still held after this is being measured. */
const CONFIRM_MS = 1_000;

/**
 * Takes the guard of a machine for the current run, which also protects against runs of another Temporal. Ends and removes
 * the jobs of earlier runs of this Temporal that have ended.
 * @throws Failure SameMachine if this run measures the machine under another id, else ServerBusy with the holder of the guard
 */
export async function takeGuard(ssh: Ssh, machine: Machine): Promise<void> {
  if (machine.host.guard === undefined) return;
  const holder = await askForHolder(machine, (request) => ssh.jobs.takeGuard(request));
  if (holder === null) return;
  const otherId = await otherIdInThisRun(holder);
  if (otherId !== null && (await isStillHeld(ssh, machine, holder)))
    throw new Failure('SameMachine', sameMachineAs(otherId));
  throw new Failure('ServerBusy', heldBy(holder));
}

async function isStillHeld(ssh: Ssh, machine: Machine, { runId }: GuardHolder): Promise<boolean> {
  await pause(CONFIRM_MS, machine.signal);
  const holder = await askForHolder(machine, (request) => ssh.jobs.lookAtGuard(request));
  return holder?.runId === runId;
}

/** The holder of the guard of a machine, as a phrase; null if it is free. Changes nothing. */
export async function findGuardHolder(ssh: Ssh, machine: Machine): Promise<string | null> {
  const holder = await askForHolder(machine, (request) => ssh.jobs.lookAtGuard(request));
  return holder === null ? null : heldBy(holder);
}

/** Drops the guard of a server on which no job was started. If this fails, the guard expires by itself. */
export async function dropGuard(ssh: Ssh, machine: Omit<Machine, 'signal'>): Promise<void> {
  try {
    const request = { ...machine, ...ownRun(''), over: [] };
    await withTimeout(DROP_TIMEOUT_MS, (signal) => ssh.jobs.dropGuard({ ...request, signal }));
  } catch (error) {
    log.warn('could not drop the guard of the server; it expires by itself', { err: error });
  }
}

async function askForHolder(
  machine: Machine,
  ask: (request: GuardRequest) => Promise<GuardHolder | null>
): Promise<GuardHolder | null> {
  const own = ownRun(machine.run ?? (await runName()));
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

/** Workflow id of the run that started this server; empty if unknown. */
async function runName(): Promise<string> {
  const own = activityInfo().workflowExecution;
  try {
    if (own === undefined) return '';
    return ((await stateOf(own)).parent ?? own).workflowId;
  } catch {
    return '';
  }
}

/** Whether this Temporal knows the run and the run has ended. */
async function isOver(holder: GuardHolder): Promise<boolean> {
  try {
    return (await stateOf(holder)).isClosed;
  } catch {
    return false; // not found: it belongs to another Temporal
  }
}
