import type { FleetOptions } from '../options/fleet-options.ts';
import type { TemporalSettings } from '../temporal/temporal-settings.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import { messagePrinter, type Terminal } from '../terminal/terminal.ts';
import { loadText } from './describe-load.ts';
import { planOnWorker } from './plan-on-worker.ts';

/**
 * What a run would load, as a remote worker knows it: as in `describeLoad`.
 * @throws Refusal if no worker polls, or the input is invalid
 */
export async function loadOnWorker(
  settings: TemporalSettings,
  options: FleetOptions,
  terminal: Terminal
): Promise<string> {
  try {
    const plan = await planOnWorker(settings, options, messagePrinter(terminal));
    const names = plan.benchmarks.map(({ benchmark }) => benchmark);
    return loadText(plan.requested - Object.keys(plan.skipped ?? {}).length, names, plan.maxParallel);
  } catch (error) {
    // A worker of an earlier version cannot plan.
    if (error instanceof Refusal && error.exitCode === exitCodes.unjudged) return 'every server of the inventory';
    throw error;
  }
}
