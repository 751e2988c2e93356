import { resolve } from 'node:path';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ReportFormat } from '../../reports/exports/formats.ts';
import type { ReportExtras } from '../../reports/html/extras.ts';
import { problemOf, whyNotWritable, writeWholeFile } from '../../source/whole-file.ts';
import { exportText, refuseExports, type ExportOptions, type WantedExport } from '../options/export-options.ts';
import { ownVersion } from '../terminal/own-version.ts';
import { Refusal } from '../terminal/refusal.ts';
import { problemPrinter, type JsonOption, type Terminal } from '../terminal/terminal.ts';

const STDOUT = '-';

/**
 * Refuses exports that could not be written, before anything is started.
 * @throws Refusal
 */
export async function refuseUnwritableExports(
  { exports = [], json, detach }: ExportOptions & JsonOption & { detach?: true | undefined },
  { env }: Pick<Terminal, 'env'>
): Promise<void> {
  if (detach) refuseExports({ exports }, '--detach waits for no report');
  const printed = [...(json ? ['--json'] : []), ...exports.filter(isPrinted).map(exportText)];
  if (printed.length > 1) throw new Refusal(`standard output takes one report: keep one of ${printed.join(', ')}`);
  const seen = new Map<string, WantedExport>();
  for (const each of exports.filter((other) => !isPrinted(other))) {
    const path = resolve(each.file);
    const other = seen.get(path);
    if (other) throw new Refusal(`${exportText(other)} and ${exportText(each)} are the same file: name two`);
    seen.set(path, each);
    const why = each.file === '' ? 'the name is empty' : await whyNotWritable(each.file, isShared(each, env));
    if (why !== null) throw new Refusal(`${exportText(each)} cannot be written: ${why}`);
  }
}

/** Whether an export takes the place of the text on standard output. */
export function replacesText({ exports = [] }: ExportOptions): boolean {
  return exports.some(isPrinted);
}

/** Writes the report to all files. Resolves to whether that worked; prints each problem. */
export async function writeExports(
  report: FleetReport,
  { exports = [] }: ExportOptions,
  terminal: Terminal,
  extras: ReportExtras = {}
): Promise<boolean> {
  let areWritten = true;
  for (const each of exports) {
    const text = await reportIn(each.format, report, extras);
    if (isPrinted(each)) terminal.stdout.write(text);
    else
      await writeWholeFile(each.file, text, isShared(each, terminal.env)).catch((error: unknown) => {
        areWritten = false;
        problemPrinter(terminal)(`${exportText(each)} was not written: ${problemOf(error)}`);
      });
  }
  return areWritten;
}

/** The report in a format, as it is exported. */
export async function reportIn(format: ReportFormat, report: FleetReport, extras: ReportExtras = {}): Promise<string> {
  const write = await format.load();
  return write(report, { ...extras, about: [['fleetmark', ownVersion()]] });
}

function isPrinted({ file }: WantedExport): boolean {
  return file === STDOUT;
}

/**
 * GitHub Actions hands all programs of a step one file for their summaries, to add to.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
 */
function isShared({ file }: WantedExport, env: NodeJS.ProcessEnv): boolean {
  const summary = env['GITHUB_STEP_SUMMARY'];
  return summary !== undefined && summary !== '' && resolve(file) === resolve(summary);
}
