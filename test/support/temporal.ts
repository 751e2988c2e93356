/** A real Temporal for tests, its workers and the workflow bundle. */
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Activities } from '../../src/activities/index.ts';
import { builtWorkflows } from './built-program.ts';
import { temporalCli } from './temporal-cli.ts';

const root = join(import.meta.dirname, '..', '..');

/** Silences warnings, because tests cause failures on purpose; TEMPORAL_DEBUG_LOG=1 shows them. */
const quiet = new DefaultLogger('ERROR', (entry) => {
  if (process.env['TEMPORAL_DEBUG_LOG']) console.error(entry.message, entry.meta);
});

let silenced = false;

/** Call it before the first worker of a process. */
export function silenceWorkers(): void {
  const logging = { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } as const;
  if (!silenced) Runtime.install({ logger: quiet, telemetryOptions: { logging } });
  silenced = true;
}

/** A real dev server in memory, until `teardown`. */
export async function startTemporal(webUi: { ui?: boolean; uiPort?: number } = {}): Promise<TestWorkflowEnvironment> {
  if (temporalCli === null) throw new Error('no Temporal CLI: run npm test, or set TEMPORAL_CLI');
  silenceWorkers();
  return TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: temporalCli }, ...webUi },
  });
}

/**
 * The workflows as built for users: a new bundle takes 3 s of CPU time.
 * @param module other workflows: path from the root of the repository
 */
export async function bundle(module?: string): Promise<WorkflowBundleOption> {
  if (module === undefined) return { codePath: builtWorkflows() };
  return bundleWorkflowCode({ workflowsPath: join(root, module), logger: quiet });
}

export interface TestWorker {
  /** Starts a workflow of the bundle, with a unique id unless one is given. */
  start(type: string, args: unknown[], workflowId?: string): Promise<WorkflowHandle>;
  taskQueue: string;
  stop(): Promise<void>;
}

/** A worker on its own task queue, unless one is given; without a bundle, for activities only. */
export async function startWorker(
  { client, nativeConnection }: Pick<TestWorkflowEnvironment, 'client' | 'nativeConnection'>,
  workflowBundle: WorkflowBundleOption | null,
  activities: Partial<Activities>,
  taskQueue: string = randomUUID()
): Promise<TestWorker> {
  const worker = await Worker.create({
    connection: nativeConnection,
    taskQueue,
    ...(workflowBundle && { workflowBundle }),
    activities,
    maxHeartbeatThrottleInterval: '500ms',
    shutdownForceTime: '2s',
  });
  const running = worker.run();
  return {
    start: (type, args, workflowId = `${type}-${randomUUID()}`) =>
      client.workflow.start(type, { taskQueue, args, workflowId }),
    taskQueue,
    async stop() {
      worker.shutdown();
      await running;
    },
  };
}
