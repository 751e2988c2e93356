import { configurationOfUnfinished } from '../runs/configuration-of-run.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { onInterrupt, type Interrupts } from '../terminal/interrupts.ts';
import { Refusal } from '../terminal/refusal.ts';
import { openTemporal } from '../runs/open-temporal.ts';
import { messagePrinter, type JsonOption, type Terminal } from '../terminal/terminal.ts';
import { printableIds, unfinishedRuns } from '../runs/unfinished-runs.ts';
import { printReport } from '../runs/print-report.ts';
import { watchRun } from '../runs/watch-run.ts';

/** Cancels a run and waits until its servers are free. Prints the partial report. */
export async function cancel(
  run: string | undefined,
  options: ConfigurationOptions & JsonOption,
  terminal: Terminal
): Promise<number> {
  const say = messagePrinter(terminal);
  const configuration = await configurationOfUnfinished(['cancel'], options, terminal);
  const session = await openTemporal({ configuration, terminal, attachToAny: true });
  let interrupts: Interrupts | undefined;
  try {
    const runs = await unfinishedRuns(session.client);
    if (run !== undefined && !runs.includes(run))
      throw new Refusal(`${printableIds(run)} is not running${runningText(runs)}`);
    if (run === undefined && runs.length !== 1)
      throw new Refusal(
        runs.length === 0 ? 'no run is running' : `several runs are running; name one: ${printableIds(...runs)}`
      );
    const handle = session.client.workflow.getHandle(run ?? runs[0]!);
    await handle.cancel();
    await session.startWorker();
    say(`Cancelling ${printableIds(handle.workflowId)}`);
    interrupts = onInterrupt(() => undefined); // limits the shutdown after a signal
    const { report, interrupted } = await watchRun(Promise.resolve(handle), session, terminal, { isCancelled: true });
    printReport(report, options, terminal);
    return interrupted ?? exitCodes.passed;
  } finally {
    await session.close();
    interrupts?.stop();
  }
}

function runningText(runs: readonly string[]): string {
  return runs.length === 0 ? '' : `; running: ${printableIds(...runs)}`;
}
