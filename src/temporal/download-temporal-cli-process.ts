import { TestWorkflowEnvironment } from '@temporalio/testing';

// Program: download-temporal-cli-process FOLDER VERSION. The SDK downloads a server by starting it.
const [downloadDir, version] = process.argv.slice(2) as [string, string];
try {
  const executable = { type: 'cached-download', downloadDir, version } as const;
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
} catch (error) {
  console.log(error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error));
  process.exitCode = 1;
}
