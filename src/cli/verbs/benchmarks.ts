import { findConfiguration } from '../../config/find-configuration.ts';
import { pathExists } from '../../source/text-file.ts';
import { knownTools, readDraft } from '../../worker/configuration.ts';
import type { BenchmarkSettings } from '../../domain/plans/configuration.ts';
import { benchmarkListing, benchmarkListingText } from '../../reports/listings/benchmark-listing.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { warnIfRemoteTemporal } from '../temporal/find-temporal-settings.ts';
import { messagePrinter, printResult, widthOf, type JsonOption, type Terminal } from '../terminal/terminal.ts';

/** Prints the configured benchmarks, and those that are available but not configured. */
export async function benchmarks(options: ConfigurationOptions & JsonOption, terminal: Terminal): Promise<number> {
  const listing = benchmarkListing(await configured(options, terminal), knownTools());
  printResult(listing, (style) => benchmarkListingText(listing, style, widthOf(terminal.stdout)), options, terminal);
  return exitCodes.passed;
}

/** The configured benchmarks; none if there is no configuration yet. */
async function configured(options: ConfigurationOptions, terminal: Terminal): Promise<BenchmarkSettings[]> {
  const isNamed = options.config !== undefined || options.inventory !== undefined || terminal.env['FLEETMARK_CONFIG'];
  if (!isNamed && !(await pathExists('fleetmark.yaml'))) {
    messagePrinter(terminal)('There is no fleetmark.yaml here. These benchmarks are available:');
    return [];
  }
  const source = await findConfiguration(options, terminal.env, terminal.stdin);
  await warnIfRemoteTemporal(source, terminal);
  return (await readDraft(source)).benchmarks;
}
