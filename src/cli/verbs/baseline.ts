import type { ConfigurationSource } from '../../config/configuration-source.ts';
import {
  editExpectations,
  type EditedExpectations,
  type WantedExpectation,
} from '../../config/expectations/edit-expectations.ts';
import { findConfiguration } from '../../config/find-configuration.ts';
import { replaceTextFile } from '../../source/replace-text-file.ts';
import { selectServers } from '../../inventory/selection/select-servers.ts';
import { readDraft } from '../../worker/configuration.ts';
import { baselineOf, MIN_SERVERS, DEFAULT_MAX_TOLERANCE, type Baseline } from '../../domain/baselines/baseline.ts';
import type { Expectation } from '../../domain/verdicts/expectation.ts';
import { Failure } from '../../domain/failures/failure.ts';
import type { MeasuredRun } from '../../domain/reports/read-report.ts';
import { baselineLines, metricsOf, provenance } from '../../reports/listings/baseline-lines.ts';
import { unifiedDiff } from '../../reports/listings/unified-diff.ts';
import { findBaselineFile } from '../baseline/find-baseline-file.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { readRuns } from '../runs/read-runs.ts';
import { Refusal } from '../terminal/refusal.ts';
import { messagePrinter, printResult, type JsonOption, type Terminal } from '../terminal/terminal.ts';
import { usableBaseline } from '../baseline/usable-baseline.ts';

export interface BaselineOptions extends ConfigurationOptions, JsonOption {
  from?: string[] | undefined;
  limit?: string[] | undefined;
  class?: string[] | undefined;
  least?: number | undefined;
  /** 0.25 for 25%. */
  maxTolerance?: number | undefined;
  replace?: true | undefined;
  diff?: true | undefined;
}

/** What `baseline --json` prints. */
export interface BaselineResult extends Baseline {
  schemaVersion: 1;
  /** The configuration file, and whether it was written. */
  file: string;
  written: boolean;
  changed: EditedExpectations['changed'];
  kept: EditedExpectations['kept'];
}

/** Writes expectations for each hardware class into `fleetmark.yaml`, derived from finished runs. */
export async function baseline(runIds: string[], options: BaselineOptions, terminal: Terminal): Promise<number> {
  const { env, stdin, stdout } = terminal;
  const say = messagePrinter(terminal);
  if (options.inventory === '-' && options.from?.includes('-'))
    throw new Refusal('standard input cannot be both the inventory and a report: pass one of them as a file');
  const source = await findConfiguration(options, env, stdin);
  const baselineFile = await findBaselineFile(source);
  const { servers, benchmarks } = await readDraft(baselineFile.source, baselineFile.draft);

  const serverIds = new Set(selectServers(servers.values(), options.limit ?? []));
  const sources = { options, configuration: source };
  const measured = await readRuns({ ids: runIds, files: options.from ?? [], serverIds }, sources, terminal);
  const runs = options.limit === undefined ? measured : measured.map((run) => keepServers(serverIds, run));
  const { least = MIN_SERVERS, maxTolerance = DEFAULT_MAX_TOLERANCE } = options;
  const wanted = { classes: options.class, benchmarks, least, maxTolerance };
  const found = usableBaseline(baselineOf(runs, maxTolerance), wanted, runs);
  const edited = editDraft(baselineFile.draft, found, options.replace ?? false);
  await refuseInvalidResult(baselineFile.source, edited.text);

  const { file, before } = baselineFile;
  const isNew = edited.text !== before;
  if (isNew && !options.diff) await replaceTextFile(file, before, edited.text);
  for (const line of baselineLines(found, edited, runs)) say(line);
  const result: BaselineResult = {
    ...{ schemaVersion: 1, file, written: isNew && !options.diff, ...found },
    ...{ changed: edited.changed, kept: edited.kept },
  };
  const diff = (): string => printableDiff(unifiedDiff(file, before, edited.text), stdout.isTTY);
  printResult(result, () => (options.diff ? diff() : `${file}\n`), options, terminal);
  return exitCodes.passed;
}

function keepServers(serverIds: ReadonlySet<string>, run: MeasuredRun): MeasuredRun {
  return { ...run, servers: run.servers.filter(({ serverId }) => serverIds.has(serverId)) };
}

/** A report may contain metrics that this configuration does not measure: the edited text is read before it is written. */
async function refuseInvalidResult(source: ConfigurationSource, text: string): Promise<void> {
  await readDraft(source, text).catch((cause: unknown) => {
    if (!(cause instanceof Failure)) throw cause;
    throw new Refusal(`nothing was written: the new text would be invalid: ${cause.message}`);
  });
}

function editDraft(draft: string, found: Baseline, replace: boolean): EditedExpectations {
  const wanted = metricsOf(found).map((each) => {
    const { hardwareClass, metric } = each;
    return { hardwareClass, metric, value: yamlValue(each.expectation), comment: provenance(each) };
  });
  return editExpectations(draft, wanted, { replace });
}

function yamlValue(expectation: Expectation): WantedExpectation['value'] {
  const entries = Object.entries(expectation) as [keyof Expectation, number][];
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key === 'tolerance' ? `${Math.round(value * 100)}%` : value])
  );
}

/** Comments in the file may contain control characters: a terminal gets them replaced, a program gets the exact diff. */
function printableDiff(diff: string, isTerminal: boolean | undefined): string {
  return isTerminal ? diff.replace(/[^\P{C}\n\t]/gu, '\ufffd') : diff;
}
