import { Connection, isGrpcServiceError } from '@temporalio/client';
import { Refusal } from './refusal.ts';
import type { TemporalTarget } from './temporal-target.ts';

/** NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED */
const NO_ACCESS: readonly number[] = [5, 7, 16];

/**
 * Connects to the Temporal that the environment names.
 * @throws Refusal if it does not answer, or has no such namespace for us
 */
export async function connectTemporal({ address, namespace, connectionOptions }: TemporalTarget): Promise<Connection> {
  const connection = await Connection.connect(connectionOptions).catch((cause: unknown) => {
    const message = `no Temporal answers at ${address}: start it, or correct TEMPORAL_ADDRESS or the Temporal profile`;
    throw new Refusal(message, undefined, { cause });
  });
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (cause) {
    if (!isGrpcServiceError(cause) || !NO_ACCESS.includes(Number(cause.code))) return connection;
    await connection.close();
    const message = `the Temporal at ${address} does not let us use the namespace ${namespace}: ${cause.details}`;
    throw new Refusal(`${message}\nCorrect TEMPORAL_NAMESPACE or the Temporal profile`, undefined, { cause });
  }
  return connection;
}
