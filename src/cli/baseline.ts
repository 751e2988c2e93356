import type { ConfigurationSource } from '../config/configuration-source.ts';
import { editExpectations } from '../config/edit-expectations.ts';
import type { EditedExpectations, WantedExpectation } from '../config/edit-expectations.ts';
import { findConfiguration } from '../config/find-configuration.ts';
import { replaceTextFile } from '../config/replace-text-file.ts';
import { readDraft } from '../configuration.ts';
import { baselineOf, LEAST_SERVERS } from '../domain/baseline.ts';
import type { Baseline } from '../domain/baseline.ts';
import type { BenchmarkSettings } from '../domain/configuration.ts';
import type { Expectation } from '../domain/expectation.ts';
import { Failure } from '../domain/failure.ts';
import type { MeasuredRun } from '../domain/read-report.ts';
import { printable } from '../domain/untrusted.ts';
import { stateDirectory } from '../local/state-directory.ts';
import { baselineLines, baselineNotes, provenance } from '../reports/baseline-lines.ts';
import { plural } from '../reports/counts.ts';
import { unifiedDiff } from '../reports/unified-diff.ts';
import { baselineTarget } from './baseline-target.ts';
import type { ConfigurationOptions } from './configuration-options.ts';
import { exitCodes } from './exit-code.ts';
import { finishedRun, lastFinishedRun } from './finished-runs.ts';
import { readReportFile } from './read-reports.ts';
import { Refusal } from './refusal.ts';
import { openTemporal } from './temporal-session.ts';
import { sayOn } from './terminal.ts';
import type { Terminal } from './terminal.ts';

export interface BaselineOptions extends ConfigurationOptions {
  from?: string[] | undefined;
  class?: string[] | undefined;
  least?: number | undefined;
  replace?: true | undefined;
  diff?: true | undefined;
  json?: true | undefined;
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

/** Writes into `fleetmark.yaml` what finished runs say is to be expected of each hardware class. */
export async function baseline(runIds: string[], options: BaselineOptions, terminal: Terminal): Promise<number> {
  const { env, stdin, stdout } = terminal;
  const say = sayOn(terminal);
  if (options.inventory === '-' && options.from?.includes('-'))
    throw new Refusal('standard input cannot be both, an inventory and a report: give one of them as a file');
  const source = await findConfiguration(options, env, stdin);
  const target = await baselineTarget(source);
  const { servers, benchmarks } = await readDraft(target.source, target.draft);

  const runs = await runsOf(runIds, options.from ?? [], new Set(servers.keys()), source, terminal);
  const found = inUnitsOf(benchmarks, chosen(baselineOf(runs), options.class));
  refuseTooFew(found, runs, options.least ?? LEAST_SERVERS);
  const edited = edit(target.draft, found, options.replace ?? false);
  await refuseWrong(target.source, edited.text);

  const { file, before } = target;
  const isNew = edited.text !== before;
  if (isNew && !options.diff) await replaceTextFile(file, before, edited.text);
  for (const line of baselineLines(found, edited, runs)) say(line);
  const result: BaselineResult = {
    ...{ schemaVersion: 1, file, written: isNew && !options.diff, ...found },
    ...{ changed: edited.changed, kept: edited.kept },
  };
  if (options.json) stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else if (options.diff) stdout.write(shownDiff(unifiedDiff(file, before, edited.text), stdout.isTTY));
  else stdout.write(`${file}\n`);
  return exitCodes.passed;
}

async function runsOf(
  runIds: readonly string[],
  files: readonly string[],
  serverIds: ReadonlySet<string>,
  configuration: ConfigurationSource,
  terminal: Terminal
): Promise<MeasuredRun[]> {
  const { env, stdin } = terminal;
  const runs: MeasuredRun[] = [];
  for (const file of new Set(files)) runs.push(await readReportFile(file, stdin));
  if (runIds.length > 0 || files.length === 0) {
    const stateDir = stateDirectory(env);
    const session = await openTemporal({ configuration, attachToAny: true, env, stateDir, say: sayOn(terminal) });
    try {
      for (const id of new Set(runIds)) runs.push(await finishedRun(session.client, id));
      if (runIds.length === 0) runs.push(await lastFinishedRun(session.client, serverIds));
    } finally {
      await session.close();
    }
  }
  // The same run may come from Temporal and from a file.
  return [...new Map(runs.map((run) => [`${run.run} ${run.temporalRunId}`, run])).values()];
}

function chosen(of: Baseline, names: readonly string[] | undefined): Baseline {
  if (names === undefined) return of;
  const isChosen = ({ hardwareClass }: { hardwareClass: string }): boolean => names.includes(hardwareClass);
  const missing = names.filter((name) => !of.classes.some(({ hardwareClass }) => hardwareClass === name));
  if (missing.length > 0) {
    const known = of.classes.map(({ hardwareClass }) => printable(hardwareClass, 100)).join(', ') || 'none';
    throw new Refusal(
      `nothing was measured of the class ${missing.map((name) => printable(name, 100)).join(', ')}; of ${known}`
    );
  }
  return { ...of, classes: of.classes.filter(isChosen), unusable: of.unusable.filter(isChosen) };
}

/** A number without a unit is in the one that the configuration gives its metric, and that may be another by now. */
function inUnitsOf(benchmarks: readonly BenchmarkSettings[], of: Baseline): Baseline {
  const metrics = benchmarks.flatMap(({ command }) => command?.metrics ?? []);
  const units = new Map(metrics.map(({ metric, unit }) => [metric, unit]));
  const unusable = [...of.unusable];
  const classes = of.classes.map(({ hardwareClass, metrics: all }) => ({
    hardwareClass,
    metrics: all.filter(({ metric, unit }) => {
      const now = units.get(metric) ?? unit;
      if (now !== unit)
        unusable.push({ hardwareClass, metric, reason: `it was measured in ${unit}, and is in ${now} now` });
      return now === unit;
    }),
  }));
  return { ...of, unusable, classes: classes.filter((each) => each.metrics.length > 0) };
}

function refuseTooFew(of: Baseline, runs: readonly MeasuredRun[], least: number): void {
  if (of.classes.length === 0) {
    const ids = runs.map(({ run }) => printable(run, 120)).join(', ');
    throw new Refusal([`nothing can be learnt from ${ids}`, ...baselineNotes(of)].join('\n'));
  }
  const few = of.classes.flatMap(({ hardwareClass, metrics }) =>
    metrics.filter(({ servers }) => servers < least).map((each) => ({ hardwareClass, ...each }))
  );
  if (few.length === 0) return;
  const lines = few.map(
    ({ hardwareClass, metric, servers }) =>
      `  ${printable(hardwareClass, 100)} ${printable(metric, 100)}: ${plural(servers, 'server')}`
  );
  const fewest = Math.min(...few.map(({ servers }) => servers));
  const isAll = few.length === of.classes.flatMap(({ metrics }) => metrics).length;
  const others = isAll ? '' : ', or choose the classes that have enough with --class';
  throw new Refusal(
    `fewer than ${plural(least, 'server')} cannot say what is normal:\n${lines.slice(0, 20).join('\n')}\n` +
      `Measure more of them, accept so few with --least ${fewest}${others}`
  );
}

/** A report may name what this configuration does not measure. */
async function refuseWrong(source: ConfigurationSource, text: string): Promise<void> {
  await readDraft(source, text).catch((cause: unknown) => {
    if (!(cause instanceof Failure)) throw cause;
    throw new Refusal(`nothing was written, since it would be wrong: ${cause.message}`, undefined, { cause });
  });
}

function edit(draft: string, { classes }: Baseline, replace: boolean): EditedExpectations {
  const wanted = classes.flatMap(({ hardwareClass, metrics }) =>
    metrics.map((each): WantedExpectation => {
      return { hardwareClass, metric: each.metric, value: written(each.expectation), comment: provenance(each) };
    })
  );
  return editExpectations(draft, wanted, { replace });
}

function written({ reference, tolerance, min }: Expectation): WantedExpectation['value'] {
  if (reference === undefined) return { min: min! };
  return { reference, tolerance: `${Math.round(tolerance! * 100)}%` };
}

/** The file may hold anything in its comments; a program that reads the diff needs it as it is. */
function shownDiff(diff: string, isTerminal: boolean | undefined): string {
  return isTerminal ? diff.replace(/[^\P{C}\n\t]/gu, '\ufffd') : diff;
}
