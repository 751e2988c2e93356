import { findConfiguration } from '../config/find-configuration.ts';
import { readFleetInput } from '../config/fleet-input.ts';
import { configurationReader } from '../configuration.ts';
import type { FleetInput } from '../domain/plan.ts';
import { stateDirectory } from '../local/state-directory.ts';
import { fleetInput } from './fleet-options.ts';
import type { FleetOptions } from './fleet-options.ts';
import { onInterrupt } from './interrupts.ts';
import type { Terminal } from './program.ts';
import { inventoryOfWorkers, refuseTemporalOfAnother, runOn } from './run.ts';
import { openTemporal } from './temporal-session.ts';
import { configuredTemporal } from './temporal-target.ts';

/**
 * Looks whether servers are ready for a run, and starts nothing on them. A run of the same workflows: what is checked is
 * what would run, from where it would run.
 */
export async function check(options: FleetOptions, terminal: Terminal): Promise<number> {
  const { env } = terminal;
  const say = (line: string): unknown => terminal.stderr.write(`${line}\n`);
  const input: FleetInput = { ...fleetInput(options), checkOnly: true };
  const isElsewhere = configuredTemporal() !== null;
  if (isElsewhere && options.inventory !== undefined) throw inventoryOfWorkers();
  const configuration = await findConfiguration(options, env, terminal.stdin);
  if (!isElsewhere) {
    await refuseTemporalOfAnother(configuration, stateDirectory(env));
    readFleetInput([input], await configurationReader(configuration, say)());
  }
  const interrupts = onInterrupt(() => undefined);
  try {
    const session = await openTemporal({ configuration, env, stateDir: stateDirectory(env), say });
    return await runOn(session, { options: { json: options.json }, input, interrupts }, terminal);
  } finally {
    interrupts.stop();
  }
}
