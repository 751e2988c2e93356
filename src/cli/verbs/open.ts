import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { reportFormats } from '../../reports/exports/formats.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { attachTemporal } from '../runs/attach-temporal.ts';
import { reportIn } from '../runs/exports.ts';
import { findRun } from '../runs/find-run.ts';
import { openPage } from '../runs/open-page.ts';
import { storedRecords, storedReport } from '../runs/stored-report.ts';
import { webUiLink } from '../runs/web-ui-link.ts';
import { sayWhichRun } from '../runs/which-run.ts';
import { findTemporalSettings } from '../temporal/find-temporal-settings.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { messagePrinter, type Terminal } from '../terminal/terminal.ts';

const HTML = reportFormats.find(({ name }) => name === 'html')!;

export interface OpenOptions extends ConfigurationOptions {
  /** The HTML report, also if the Web UI has the run. */
  html?: true | undefined;
  /** Print the link, and open nothing. */
  print?: true | undefined;
}

/**
 * Opens a run in the Web UI if its Temporal is up and knows it, else its HTML report from the results store, in a temporary
 * file. Prints the link.
 */
export async function open(run: string | undefined, options: OpenOptions, terminal: Terminal): Promise<number> {
  const link =
    (options.html ? null : await linkInWebUi(run, options, terminal)) ?? (await pageOf(run, options, terminal));
  terminal.stdout.write(`${link}\n`);
  if (options.print || !terminal.stdout.isTTY) return exitCodes.passed;
  const why = await openPage(link, terminal);
  if (why !== null) messagePrinter(terminal)(`No browser was opened, since ${why}. Open the link yourself.`);
  return exitCodes.passed;
}

/** Null if no Web UI is known, or it does not have the run. */
async function linkInWebUi(
  run: string | undefined,
  options: ConfigurationOptions,
  terminal: Terminal
): Promise<string | null> {
  if ((await findTemporalSettings(terminal)) !== null) return null; // the address of its Web UI is not known
  const session = await attachTemporal(terminal);
  try {
    if (session === null || session.uiUrl === null) return null;
    const known = await findRun(session.client, run);
    if (known !== null) return webUiLink(session.uiUrl, known.handle.workflowId, known.temporalRunId);
    const { report } = await storedReport(run ?? 'last', options, terminal);
    const { workflow } = session.client;
    const isKept = await workflow
      .getHandle(report.run, report.temporalRunId)
      .describe()
      .then(
        () => true,
        () => false
      );
    return isKept ? webUiLink(session.uiUrl, report.run, report.temporalRunId) : null;
  } finally {
    await session?.close();
  }
}

async function pageOf(run: string | undefined, options: ConfigurationOptions, terminal: Terminal): Promise<string> {
  const word = run ?? 'last';
  const stored = await storedRecords(word, [HTML], options, terminal);
  await sayWhichRun(stored, word, terminal);
  return writePage(await reportIn(HTML, stored.report, stored.extras));
}

/** Into a folder that only this user can read. The browser reads it later, so it stays. */
async function writePage(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetmark-report-'));
  const file = join(folder, 'report.html');
  await writeFile(file, text, { mode: 0o600 });
  return pathToFileURL(file).href;
}
