import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  log,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { endedClaims, type ActionCall, type ActionPlan } from '../domain/actions/calls.ts';
import type { ActionClaim } from '../domain/actions/claims.ts';
import type { FleetPlan } from '../domain/plans/plan.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import { ActionCalls } from './action-calls.ts';
import { describeError } from './workflow-failure.ts';
import { writingLimits } from './writing-limits.ts';

const { claimActions } = proxyActivities<Activities>({
  ...writingLimits,
  scheduleToCloseTimeout: '1 hour',
  // What it has claimed must be known, also to a cancelled run.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'which servers have changed',
});

/** What the actions of a run do. Never rejects: an action that fails changes no verdict, and is in the report. */
export class RunActions {
  readonly #plan: NonNullable<FleetPlan['actions']>;
  readonly #claims = new Map<string, ActionClaim>();
  readonly #early: Promise<void>[] = [];
  readonly #actionCalls = new ActionCalls();
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
      await Promise.all(fresh.map(async (call) => this.#keep(endedClaims(call, await this.#actionCalls.make(call)))));
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
}

function isCancelled(): boolean {
  return CancellationScope.current().consideredCancelled;
}
