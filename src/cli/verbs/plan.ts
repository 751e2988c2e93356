import { selectFleet } from '../../inventory/selection/fleet-input.ts';
import { knownTools } from '../../worker/configuration.ts';
import { Failure } from '../../domain/failures/failure.ts';
import { forecastRun, type RunForecast } from '../../domain/plans/run-forecast.ts';
import { planText } from '../../reports/listings/plan-text.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { actionProblems } from '../../worker/action-problems.ts';
import { fleetInput, type FleetOptions } from '../options/fleet-options.ts';
import { findTemporalSettings } from '../temporal/find-temporal-settings.ts';
import { readLocalConfiguration } from '../options/local-configuration.ts';
import { messagePrinter, printResult, widthOf, type Terminal } from '../terminal/terminal.ts';

/** Prints what a run would do with its configuration. Connects to no server and starts nothing. */
export async function plan(options: FleetOptions, terminal: Terminal): Promise<number> {
  const settings = await findTemporalSettings(terminal);
  const forecast =
    settings === null
      ? await forecastLocally(options, terminal)
      : await (await import('../runs/plan-on-worker.ts')).planOnWorker(settings, options, messagePrinter(terminal));
  printResult(forecast, (style) => planText(forecast, style, widthOf(terminal.stdout)), options, terminal);
  return exitCodes.passed;
}

async function forecastLocally(options: FleetOptions, terminal: Terminal): Promise<RunForecast> {
  const configuration = await readLocalConfiguration(options, terminal);
  const selection = selectFleet([fleetInput(options)], configuration);
  const problems = selection.measureOnly ? [] : await actionProblems(configuration);
  if (problems.length > 0) throw new Failure('InvalidConfig', problems.join('\n')); // as the run would
  return forecastRun(configuration, selection, knownTools());
}
