import type { Command } from '@commander-js/extra-typings';
import { commaSeparated, limitOption, maxTolerance, positiveInteger, sinceTime } from '../options/fleet-options.ts';
import { groups } from '../options/option-groups.ts';
import { withReport } from '../options/report-options.ts';
import { withConfiguration } from '../options/run-options.ts';
import type { VerbContext } from './verb-context.ts';

/** Declares the verbs for results. All but `open` start nothing. */
export function addResultVerbs(program: Command, context: VerbContext): void {
  program.commandsGroup('Look at results:');
  addReadingVerbs(program, context);
  addUsingVerbs(program, context);
}

function addReadingVerbs(program: Command, { terminal, done }: VerbContext): void {
  const report = withConfiguration(program.command('report').description('print the report of a run'))
    .argument('[run]', 'last, last-1, an id or a part of it, or a schedule (default: last)')
    .optionsGroup(groups.output)
    .option('--since-last', 'print only what is new since the previous run of the same selection');
  withReport(report).action(async (run, options) =>
    done(await (await import('../verbs/report.ts')).report(run, options, terminal))
  );

  withConfiguration(program.command('runs').description('list the last runs, also those under way'))
    .optionsGroup('Which runs:')
    .option('--limit <n>', 'at most this many runs (default: 20)', positiveInteger)
    .option('--since <time>', 'only runs since then: 12h, 7d, 4w, or 2026-11-29', sinceTime)
    .option('--failed', 'only runs with a failed server or an error')
    .optionsGroup(groups.output)
    .option('--json', 'print only the list, as JSON')
    .action(async (options) => done(await (await import('../verbs/runs.ts')).runs(options, terminal)));

  withConfiguration(program.command('history').description('verdicts and metrics of one server over time'))
    .argument('<server>', 'its id')
    .optionsGroup('Which runs and metrics:')
    .option('--metric <metrics...>', "only these metrics, with their values: 'cpu.*'", commaSeparated)
    .option('--limit <n>', 'at most this many runs, the last ones (default: 30)', positiveInteger)
    .option('--since <time>', 'only runs since then: 12h, 90d, 4w, or 2026-11-29', sinceTime)
    .optionsGroup(groups.output)
    .option('--json', 'print only the history, as JSON')
    .action(async (server, options) =>
      done(await (await import('../verbs/history.ts')).history(server, options, terminal))
    );

  withConfiguration(program.command('compare').description('what changed between two runs, and how sure that is'))
    .argument('<before>', 'last, last-1, an id or a part of it, or a schedule')
    .argument('<after>', 'the other run')
    .optionsGroup(groups.output)
    .option('--json', 'print only the comparison, as JSON')
    .action(async (before, after, options) =>
      done(await (await import('../verbs/compare.ts')).compare(before, after, options, terminal))
    );
}

/** Verbs that start something with a result. */
function addUsingVerbs(program: Command, { terminal, done, load }: VerbContext): void {
  withConfiguration(program.command('open').description('open a run in the Web UI, or its report as a page'))
    .argument('[run]', 'as in report (default: the run under way, else the last one)')
    .optionsGroup(groups.output)
    .option('--html', 'open the report as a page, also if the Web UI has the run')
    .option('--print', 'print the link, and open nothing')
    .action(async (run, options) =>
      done(await (await load(() => import('../verbs/open.ts'))).open(run, options, terminal))
    );

  withConfiguration(program.command('baseline').description('write what runs measured into fleetmark.yaml'))
    .argument('[run...]', 'as in report (default: the last run that measured these servers)')
    .optionsGroup('What it is based on:')
    .addOption(limitOption)
    .option('--from <files...>', 'report files written by run --json, or - for standard input')
    .option('--class <classes...>', 'only these hardware classes (default: all measured ones)', commaSeparated)
    .option('--least <n>', 'minimum number of servers in a class (default: 3)', positiveInteger)
    .option('--max-tolerance <percent>', 'widest accepted tolerance, up to 50% (default: 25%)', maxTolerance)
    .optionsGroup('What it writes:')
    .option('--replace', 'also overwrite hand-written min, max and within')
    .option('--diff', 'show the changes without writing them')
    .option('--json', 'print only the baseline, as JSON')
    .action(async (runs, options) =>
      done(await (await import('../verbs/baseline.ts')).baseline(runs, options, terminal))
    );
}
