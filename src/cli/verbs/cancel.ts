import { configurationOfUnfinished } from '../runs/configuration-of-run.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { onInterrupt, type Interrupts } from '../terminal/interrupts.ts';
import { openTemporal } from '../runs/open-temporal.ts';
import { messagePrinter, type JsonOption, type Terminal } from '../terminal/terminal.ts';
import { runToCancel } from '../runs/run-to-cancel.ts';
import { printableIds, runsUnderWay } from '../runs/unfinished-runs.ts';
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
    const chosen = runToCancel(run, await runsUnderWay(session.client));
    const handle = session.client.workflow.getHandle(chosen.run);
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
