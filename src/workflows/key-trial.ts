import { ActivityCancellationType, CancellationScope, patched, proxyActivities, sleep } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { LoginAnswer, ServerInput } from '../domain/plans/plan.ts';
import { tenths } from '../domain/values/numbers.ts';
import { unmeasuredRow, type ServerRow } from '../domain/verdicts/server-row.ts';
import { AuthenticationGate, MAX_REFUSED } from './authentication-gate.ts';

/** A server that has not signalled an answer by then is probably down: other servers do not wait for it. */
const SIGNAL_TIMEOUT = '15 seconds';

/** Keeps a wrong SSH key from most servers: first it is tried on a few. Until one accepts it, the run itself logs in. */
export class KeyTrial {
  readonly #gate = new AuthenticationGate();
  /** How the run learns that a server accepts the key: by a login; by a signal in runs of an earlier version. */
  readonly #learnsBy: 'login' | 'signal' | null;

  constructor(servers: number) {
    this.#learnsBy = waysOf(servers);
    if (this.#learnsBy === null) this.#gate.open();
  }

  /** Waits until a server may be tried. Resolves to the reason if it may not, else to null; then call {@link ended}. */
  enter(serverId: string): Promise<string | null> {
    return this.#gate.enter(serverId);
  }

  ended(row: ServerRow): void {
    this.#gate.ended(row);
  }

  /** Any client can send this signal, so it only counts in runs that do not log in themselves. */
  signalled(): void {
    if (this.#learnsBy === 'signal') this.#gate.open();
  }

  /** Until the key is known to be right, tries to log in first. Resolves to an error row if the server refuses it. */
  async refusalOf(serverId: string): Promise<ServerRow | null> {
    if (this.#gate.isOpen || this.#learnsBy !== 'login') return null;
    const started = Date.now();
    const unknown: LoginAnswer = { login: 'unknown', error: null };
    const { login, error } = await tryLogin(serverId).catch(() => unknown);
    this.#gate.answered(serverId, login);
    if (error === null) return null;
    const elapsed = { startedAt: new Date(started).toISOString(), seconds: tenths((Date.now() - started) / 1000) };
    return { ...unmeasuredRow(serverId, 'error', error), ...elapsed };
  }

  /** Runs a server. In a run of an earlier version, the server is asked to signal that it accepted the key. */
  async run(input: ServerInput, run: (input: ServerInput) => Promise<ServerRow>): Promise<ServerRow> {
    if (this.#gate.isOpen || this.#learnsBy === 'login') return run(input);
    const { serverId } = input;
    const timer = new CancellationScope();
    void timer
      .run(() => sleep(SIGNAL_TIMEOUT, { summary: `has ${serverId} answered?` }))
      .then(
        () => this.#gate.answered(serverId, 'unknown'),
        () => undefined
      );
    const row = await run({ ...input, tellWhenReached: true });
    timer.cancel();
    return row;
  }
}

/** A run of at most MAX_REFUSED servers needs no trial. */
function waysOf(servers: number): 'login' | 'signal' | null {
  if (servers <= MAX_REFUSED) return null;
  if (patched('login-seen-by-the-run')) return 'login';
  return patched('first-contacts') ? 'signal' : null;
}

async function tryLogin(serverId: string): Promise<LoginAnswer> {
  const activities = proxyActivities<Activities>({
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '30 seconds',
    scheduleToCloseTimeout: '3 hours',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    // A worker of an earlier version does not have this activity: do not wait for another one.
    retry: { nonRetryableErrorTypes: ['NotFoundError'] },
    summary: `${serverId}: does it accept our key?`,
  });
  return activities.tryLogin({ serverId });
}
