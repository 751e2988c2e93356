import { activityInfo, getClient, log } from '@temporalio/activity';
import { isOnlySample, SAMPLE_SIGNAL, type SampleMessage } from '../domain/plans/sample-message.ts';

/**
 * Tells the workflow of the server which of several samples is being measured, for its page in the Web UI. Never rejects.
 * Of the only sample it does not: that costs a server four events and a workflow task, and says nothing new.
 */
export async function announceSample(message: SampleMessage): Promise<void> {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined || isOnlySample(message)) return;
  const { workflowId, runId } = workflowExecution;
  try {
    await getClient().workflow.getHandle(workflowId, runId).signal(SAMPLE_SIGNAL, message);
  } catch (error) {
    log.debug('the Web UI was not told of a sample', { ...message, err: error });
  }
}
