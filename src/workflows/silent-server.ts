import { CancellationScope, sleep } from '@temporalio/workflow';
import type { AuthenticationGate } from './authentication-gate.ts';

const ANSWERS_WITHIN = '15 seconds';

/**
 * In a run that an earlier version began, servers signal that they let us in. One that does not within this time is down
 * rather than about to refuse: others need not wait for it.
 */
export async function unlessSilent<Row>(
  serverId: string,
  gate: AuthenticationGate,
  measure: () => Promise<Row>
): Promise<Row> {
  const patience = new CancellationScope();
  void patience
    .run(() => sleep(ANSWERS_WITHIN, { summary: `has ${serverId} answered?` }))
    .then(
      () => gate.answered(serverId, 'unknown'),
      () => undefined
    );
  const row = await measure();
  patience.cancel();
  return row;
}
