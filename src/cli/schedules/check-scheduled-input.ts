import type { FleetInput } from '../../domain/plans/plan.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { configurationOfRun } from '../runs/configuration-of-run.ts';
import { describeLoad, loadText } from '../runs/describe-load.ts';
import { planInSession } from '../runs/plan-on-worker.ts';
import { hasWorker, noWorkerText } from '../runs/wait-for-worker.ts';
import { Refusal } from '../terminal/refusal.ts';
import { messagePrinter, type Terminal } from '../terminal/terminal.ts';
import type { RunningTemporal } from './open-running-temporal.ts';

/**
 * What each run would load, with the configuration of the worker; null: not known, since no worker polls a remote Temporal.
 * @throws Failure, Refusal if each run would be refused
 */
export async function checkScheduledInput(
  input: FleetInput,
  options: ConfigurationOptions,
  { session, isEmbedded }: RunningTemporal,
  terminal: Terminal
): Promise<string | null> {
  const say = messagePrinter(terminal);
  const configuration = await configurationOfRun(options, terminal);
  if (isEmbedded) return describeLoad(configuration, input, say);
  if (!(await hasWorker(session.client))) {
    say(`The servers and benchmarks are not checked: ${noWorkerText(session.address)}`);
    return null;
  }
  const { requested, mostServers, skipped = {}, benchmarks, maxParallel } = await planInSession(session, input, say);
  if (requested > mostServers) throw new Refusal(`${requested} servers are selected; a run has at most ${mostServers}`);
  const names = benchmarks.map(({ benchmark }) => benchmark);
  return loadText(requested - Object.keys(skipped).length, names, maxParallel);
}
