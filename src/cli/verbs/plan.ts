import { mostServers, selectFleet } from '../../inventory/selection/fleet-input.ts';
import { knownTools } from '../../worker/configuration.ts';
import { forecastRun } from '../../domain/plans/run-forecast.ts';
import type { RunForecast } from '../../domain/plans/run-forecast.ts';
import { planText } from '../../reports/listings/plan-text.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { fleetInput } from '../options/fleet-options.ts';
import type { FleetOptions } from '../options/fleet-options.ts';
import { namedTemporal } from '../temporal/named-temporal.ts';
import { printResult } from '../terminal/print-result.ts';
import { readHere } from '../options/read-here.ts';
import { sayOn } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Says what a run would do, by the configuration that would count for it. Connects to no server, and starts nothing. */
export async function plan(options: FleetOptions, terminal: Terminal): Promise<number> {
  const target = await namedTemporal(terminal);
  const forecast =
    target === null
      ? await forecastHere(options, terminal)
      : await (await import('../runs/ask-for-plan.ts')).askForPlan(target, options, sayOn(terminal));
  printResult(forecast, (style) => planText(forecast, style), options, terminal);
  return exitCodes.passed;
}

async function forecastHere(options: FleetOptions, terminal: Terminal): Promise<RunForecast> {
  const configuration = await readHere(options, terminal);
  const selection = selectFleet([fleetInput(options)], configuration);
  return forecastRun(configuration, selection, { tools: knownTools(), mostServers });
}
