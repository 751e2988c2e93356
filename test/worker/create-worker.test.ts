import { NativeConnection } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorker } from '../../src/worker/create-worker.ts';
import { silent } from '../support/silent.ts';
import { startTemporal } from '../support/temporal.ts';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => void (temporal = await startTemporal()));
afterAll(async () => temporal?.teardown());

test('a worker that is shut down before it runs ends at once, and its connection can be closed', async () => {
  const connection = await NativeConnection.connect({ address: temporal.address });
  const worker = await createWorker(connection, {
    ...{ namespace: 'default', log: silent, taskQueue: 'never-used' },
    configuration: { file: null, inventory: { kind: 'list', written: 'web-1', text: 'web-1\n' } },
  });
  await expect(connection.close()).rejects.toThrow(/while Workers hold a reference/);
  worker.shutdown();
  worker.shutdown();
  await worker.run();
  worker.shutdown();
  await connection.close();
});
