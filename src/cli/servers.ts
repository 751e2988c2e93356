import { findConfiguration } from '../config/find-configuration.ts';
import { selectFleet } from '../config/selection/fleet-input.ts';
import { readDraft } from '../configuration.ts';
import { printable } from '../domain/untrusted.ts';
import { sampleText } from '../reports/sample-text.ts';
import { serverListing, serverListingText } from '../reports/server-listing.ts';
import type { ConfigurationOptions } from './configuration-options.ts';
import { exitCodes } from './exit-code.ts';
import { sayIfElsewhere } from './named-temporal.ts';
import { printResult } from './print-result.ts';
import { selectionInput } from './selection-options.ts';
import type { SelectionOptions } from './selection-options.ts';
import { sayOn } from './terminal.ts';
import type { Terminal } from './terminal.ts';

export interface ServersOptions extends ConfigurationOptions, SelectionOptions {
  json?: true | undefined;
}

/** Prints the servers of the configuration here, as they are written. */
export async function servers(options: ServersOptions, terminal: Terminal): Promise<number> {
  const configuration = await readDraft(await findConfiguration(options, terminal.env, terminal.stdin));
  const { serverIds, selection } = selectFleet([selectionInput(options)], configuration);
  const listing = serverListing(configuration, serverIds);
  await sayIfElsewhere(printable(configuration.file, 500), terminal);
  const sample = sampleText(selection);
  if (sample !== null) sayOn(terminal)(sample);
  printResult(listing, (style) => serverListingText(listing, style), options, terminal);
  return exitCodes.passed;
}
