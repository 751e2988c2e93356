import { findConfiguration } from '../../config/find-configuration.ts';
import { selectFleet } from '../../inventory/selection/fleet-input.ts';
import { localConnections, readDraft } from '../../worker/configuration.ts';
import { sampleText } from '../../reports/counts.ts';
import { serverListing, serverListingText } from '../../reports/listings/server-listing.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { warnIfRemoteTemporal } from '../temporal/find-temporal-settings.ts';
import { fleetInput, type SelectionOptions } from '../options/fleet-options.ts';
import { messagePrinter, printResult, widthOf, type JsonOption, type Terminal } from '../terminal/terminal.ts';

/** Prints the configured servers, and how this machine reaches them. */
export async function servers(
  options: ConfigurationOptions & SelectionOptions & JsonOption,
  terminal: Terminal
): Promise<number> {
  const source = await findConfiguration(options, terminal.env, terminal.stdin);
  await warnIfRemoteTemporal(source, terminal);
  const configuration = await readDraft(source);
  const { serverIds, selection } = selectFleet([fleetInput(options)], configuration);
  const connections = await localConnections(configuration, serverIds);
  const listing = serverListing(configuration, serverIds, connections);
  const sample = sampleText(selection);
  if (sample !== null) messagePrinter(terminal)(sample);
  printResult(listing, (style) => serverListingText(listing, style, widthOf(terminal.stdout)), options, terminal);
  return exitCodes.passed;
}
