import { activityInfo, getClient, log } from '@temporalio/activity';
import { ONLY_SAMPLE, SAMPLE_SIGNAL, type SampleMessage } from '../domain/plans/sample-message.ts';

/**
 * Tells the workflow of the server which of several samples is being measured, for its page in the Web UI. Never rejects. A
 * signal costs Temporal and the worker about 15 ms of CPU time.
 */
export async function announceSample(message: SampleMessage): Promise<void> {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined || message.sample === ONLY_SAMPLE) return;
  const { workflowId, runId } = workflowExecution;
  try {
    await getClient().workflow.getHandle(workflowId, runId).signal(SAMPLE_SIGNAL, message);
  } catch (error) {
    log.debug('the Web UI was not told of a sample', { ...message, err: error });
  }
}
