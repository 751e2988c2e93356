import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  log,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import {
  endedClaims,
  MESSAGE_BACKOFF,
  type ActionCall,
  type ActionPlan,
  type CallEnd,
} from '../domain/actions/calls.ts';
import type { ActionClaim } from '../domain/actions/claims.ts';
import type { FleetPlan } from '../domain/plans/plan.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import { describeError } from './workflow-failure.ts';

/** Calls of one run that are made in parallel. */
const MAX_CALLS = 5;

/** A receiver that is away for five minutes still gets its message. */
const MESSAGE_RETRY = {
  ...{ initialInterval: MESSAGE_BACKOFF.firstMs, backoffCoefficient: MESSAGE_BACKOFF.factor },
  ...{ maximumInterval: MESSAGE_BACKOFF.maxMs, maximumAttempts: 12 },
} as const;
const COMMAND_RETRY = { initialInterval: '1 second', backoffCoefficient: 3, maximumAttempts: 3 } as const;

const { claimActions } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
  // What it has claimed must be known, also to a cancelled run.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'which servers have changed',
});

/** What the actions of a run do. Never rejects: an action that fails changes no verdict, and is in the report. */
export class RunActions {
  readonly #plan: NonNullable<FleetPlan['actions']>;
  readonly #claims = new Map<string, ActionClaim>();
  readonly #early: Promise<void>[] = [];
  readonly #waiting: (() => void)[] = [];
  #free = MAX_CALLS;
  #order: readonly string[] = [];
  /** Whether the results store may have claims that this run does not know of. */
  #mayHaveOthers = false;

  constructor(plan: NonNullable<FleetPlan['actions']>) {
    this.#plan = plan;
  }

  /** Calls the actions that do not wait for the end of the run. */
  serverEnded({ serverId, verdict, temporalRunId }: ServerRow): void {
    // A row without a workflow of its own is only in the results store at the end of the run.
    if (temporalRunId === null || isCancelled()) return;
    if ((this.#plan.asServersEnd as readonly string[]).includes(verdict))
      this.#early.push(this.#act({ server: { serverId, verdict } }));
  }

  /**
   * All calls that are left. A cancelled run makes none. Resolves to what was done about each server; null: there is
   * nothing to record.
   */
  async runEnded(): Promise<ActionClaim[] | null> {
    await Promise.all(this.#early);
    if (!isCancelled()) await this.#act({});
    if (this.#claims.size === 0 && !this.#mayHaveOthers) return null;
    const placeOf = ({ action }: ActionClaim): number => this.#order.indexOf(action);
    return [...this.#claims.values()].sort((a, b) => placeOf(a) - placeOf(b));
  }

  async #act(about: { server?: { serverId: string; verdict: string } }): Promise<void> {
    const { workflowId: run, runId: temporalRunId } = workflowInfo();
    try {
      const { order, calls, settled }: ActionPlan = await claimActions({ run, temporalRunId, ...about });
      this.#order = order;
      settled.forEach((claim) => this.#keep([claim]));
      const fresh = calls.filter((call) => !this.#isKnown(call));
      for (const call of fresh) this.#keep(endedClaims(call, { state: 'unknown', message: null }));
      await Promise.all(fresh.map(async (call) => this.#keep(endedClaims(call, await this.#end(call)))));
    } catch (error) {
      this.#mayHaveOthers = true;
      const { message } = describeError(error);
      log.warn('it is not known which servers have changed: no action was called', { err: message });
      if (about.server !== undefined || isCancellation(error)) return; // asked again at the end
      const unknown = { action: 'actions', serverId: '', change: 'failed', state: 'failed', message } as const;
      this.#claims.set('', unknown);
    }
  }

  #keep(claims: readonly ActionClaim[]): void {
    for (const claim of claims) this.#claims.set(`${claim.action} ${claim.serverId}`, claim);
  }

  /** Whether it was made as its server ended. */
  #isKnown({ action, failed, recovered }: ActionCall): boolean {
    return [...failed, ...recovered].some((serverId) => this.#claims.has(`${action} ${serverId}`));
  }

  async #end(call: ActionCall): Promise<CallEnd> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      if (isCancelled()) return { state: 'failed', message: 'not called: the run was cancelled' };
      return { state: 'done', message: await perform(call) };
    } catch (error) {
      return endOfFailed(call, error);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

async function perform(call: ActionCall): Promise<string | null> {
  const { workflowId: run, runId: temporalRunId } = workflowInfo();
  const { action, failed, recovered, isCommand, timeoutMs } = call;
  const serverIds = [...failed, ...recovered];
  const about = serverIds.length === 1 ? serverIds[0]! : `${serverIds.length} servers`;
  // No server id has a space: two calls of a command never have the same activity id.
  const ids =
    serverIds.length === 1 ? serverIds[0]! : isCommand && failed.length === 0 ? 'all recovered' : 'all changed';
  const { performAction } = proxyActivities<Activities>({
    activityId: `action/${action}/${ids}`,
    startToCloseTimeout: timeoutMs,
    heartbeatTimeout: '10 seconds',
    scheduleToCloseTimeout: 3 * timeoutMs + 3_600_000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: isCommand ? COMMAND_RETRY : MESSAGE_RETRY,
    summary: `${action}: ${about}`,
  });
  return performAction({ run, temporalRunId, ...call });
}

function endOfFailed({ isCommand }: ActionCall, error: unknown): CallEnd {
  if (isCancellation(error)) return { state: isCommand ? 'unknown' : 'failed', message: 'the run was cancelled' };
  const { type, message: why } = describeError(error);
  const message = type === 'JobLost' ? 'its worker was lost' : why;
  // A command whose worker was lost may have done its work; a message is sent again by the next run.
  const isUnknown = isCommand && (type === 'ActionUnknown' || type === 'JobLost' || type === 'WorkerLost');
  return { state: isUnknown ? 'unknown' : 'failed', message };
}

function isCancelled(): boolean {
  return CancellationScope.current().consideredCancelled;
}
