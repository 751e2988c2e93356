import { CancellationScope, sleep } from '@temporalio/workflow';
import type { AuthenticationGate } from './authentication-gate.ts';

const ANSWER_TIMEOUT = '15 seconds';

/**
 * In a run of an earlier version, servers signal that they accepted the key. A server without a signal within this time is
 * probably down: other servers do not wait for it.
 */
export async function withAnswerTimeout<Row>(
  serverId: string,
  gate: AuthenticationGate,
  measure: () => Promise<Row>
): Promise<Row> {
  const timer = new CancellationScope();
  void timer
    .run(() => sleep(ANSWER_TIMEOUT, { summary: `has ${serverId} answered?` }))
    .then(
      () => gate.answered(serverId, 'unknown'),
      () => undefined
    );
  const row = await measure();
  timer.cancel();
  return row;
}
