import type { Command } from '@commander-js/extra-typings';
import { configOption, inventoryOption } from './options/configuration-options.ts';
import { withExports } from './options/export-options.ts';
import {
  commaSeparated,
  limitOption,
  maxTolerance,
  positiveInteger,
  sinceTime,
  verdictList,
} from './options/fleet-options.ts';
import { withBenchmarks, withConfiguration, withRunInput, withSelection } from './options/run-options.ts';
import { addScheduleVerbs } from './schedule-verbs.ts';
import { metricsOption } from './monitoring/metrics-address.ts';
import { messagePrinter, type Terminal } from './terminal/terminal.ts';

/** Declares the verbs and their options. The file of a verb is loaded only when that verb runs. */
// eslint-disable-next-line max-lines-per-function -- a list: one verb after another, with its options
export function addVerbs(program: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  // Loading the SDK takes half a second: show that something happens.
  const load = <Verb>(verb: () => Promise<Verb>): Promise<Verb> => {
    messagePrinter(terminal)('Getting ready ...');
    return verb();
  };
  const verb = (name: string, description: string) => program.command(name).description(description);
  const verbWithConfiguration = (name: string, description: string) => withConfiguration(verb(name, description));
  const verbWithServers = (name: string, description: string) => withSelection(verb(name, description));
  const verbWithBenchmarks = (name: string, description: string) => withBenchmarks(verb(name, description));

  const run = withRunInput(verb('run', 'benchmark servers and report which fall short'))
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print only the report, as JSON')
    .option('--detach', 'start the run, print its id, and exit')
    .option('--resume', 'resume the run that a crash left unfinished');
  withExports(run).action(async (options) =>
    done(await (await load(() => import('./verbs/run.ts'))).run(options, terminal))
  );

  const check = verbWithBenchmarks('check', 'check whether servers are ready for a run; changes nothing on them')
    .option('--config-only', 'only validate the configuration and its inventory; connect to no server')
    .option('--json', 'print only the report, as JSON');
  withExports(check, { isCheck: true }).action(async ({ configOnly, ...options }) =>
    done(
      configOnly
        ? await (await import('./options/local-configuration.ts')).checkConfiguration(options, terminal)
        : await (await load(() => import('./verbs/check.ts'))).check(options, terminal)
    )
  );

  verbWithBenchmarks('plan', 'show what a run would do and how long it would take; connects to no server')
    .option('--json', 'print only the plan, as JSON')
    .action(async (options) => done(await (await import('./verbs/plan.ts')).plan(options, terminal)));

  verbWithConfiguration('runs', 'list the last runs, also those under way; starts nothing')
    .option('--limit <n>', 'at most this many runs (default: 20)', positiveInteger)
    .option('--since <time>', 'only runs since then: 12h, 7d, 4w, or 2026-11-29', sinceTime)
    .option('--failed', 'only runs with a failed server or an error')
    .option('--json', 'print only the list, as JSON')
    .action(async (options) => done(await (await import('./verbs/runs.ts')).runs(options, terminal)));

  const report = verbWithConfiguration('report', 'print the report of a run again; starts nothing')
    .argument('[run]', 'last, last-1, an id or a part of it, or a schedule (default: last)')
    .option('--since-last', 'print only what is new since the previous run of the same selection')
    .option('--json', 'print only the report, as JSON');
  withExports(report).action(async (run, options) =>
    done(await (await import('./verbs/report.ts')).report(run, options, terminal))
  );

  verbWithConfiguration('history', 'show the verdicts and metrics of one server over time; starts nothing')
    .argument('<server>', 'its id')
    .option('--metric <patterns...>', "only these metrics, with their values: 'cpu.*'", commaSeparated)
    .option('--limit <n>', 'at most this many runs, the last ones (default: 30)', positiveInteger)
    .option('--since <time>', 'only runs since then: 12h, 90d, 4w, or 2026-11-29', sinceTime)
    .option('--json', 'print only the history, as JSON')
    .action(async (server, options) =>
      done(await (await import('./verbs/history.ts')).history(server, options, terminal))
    );

  verbWithConfiguration('compare', 'show what changed between two runs, and how sure that is; starts nothing')
    .argument('<before>', 'last, last-1, an id or a part of it, or a schedule')
    .argument('<after>', 'the other run')
    .option('--json', 'print only the comparison, as JSON')
    .action(async (before, after, options) =>
      done(await (await import('./verbs/compare.ts')).compare(before, after, options, terminal))
    );

  const watch = verbWithConfiguration(
    'watch',
    'show a run that is under way until it ends, as run does; Ctrl-C leaves it'
  )
    .argument('[run]', 'as in report (default: the run under way, else the last one)')
    .option('--json', 'print only the report, as JSON');
  withExports(watch).action(async (run, options) =>
    done(await (await load(() => import('./verbs/watch.ts'))).watch(run, options, terminal))
  );

  const retry = verbWithConfiguration('retry', 'run the servers of an earlier run again that did not pass')
    .argument('[run]', 'as in report (default: last)')
    .option(
      '--only <verdicts>',
      'only servers with these (default: fail,error,busy,cancelled,not_reached)',
      verdictList
    )
    .option('--note <text>', 'a note for the report and the Web UI (default: the id of the earlier run)')
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print only the report, as JSON')
    .option('--detach', 'start the run, print its id, and exit');
  withExports(retry).action(async (run, options) =>
    done(await (await load(() => import('./verbs/retry.ts'))).retry(run, options, terminal))
  );

  verbWithConfiguration('open', 'open a run in the Web UI if its Temporal runs, else its report as a page')
    .argument('[run]', 'as in report (default: the run under way, else the last one)')
    .option('--html', 'open the report as a page, also if the Web UI has the run')
    .option('--print', 'print the link, and open nothing')
    .action(async (run, options) =>
      done(await (await load(() => import('./verbs/open.ts'))).open(run, options, terminal))
    );

  verbWithServers('servers', 'list the configured servers')
    .option('--json', 'print only the list, as JSON')
    .action(async (options) => done(await (await import('./verbs/servers.ts')).servers(options, terminal)));

  verbWithConfiguration('benchmarks', 'list the configured and the available benchmarks: tools, metrics, packages')
    .option('--json', 'print only the list, as JSON')
    .action(async (options) => done(await (await import('./verbs/benchmarks.ts')).benchmarks(options, terminal)))
    .command('try')
    .description('show what a run would read from the saved output of a command')
    .argument('<name>', 'the benchmark')
    .option('--output <file>', 'what the command printed to standard output; - for standard input')
    .option('--errors <file>', 'what it printed to standard error')
    .option('--file <name=path...>', 'a result file of the command, and where it is')
    .addOption(configOption)
    .addOption(inventoryOption)
    .option('--json', 'print only what was read, as JSON')
    .action(async (name, options) =>
      done(await (await import('./verbs/try-benchmark.ts')).tryBenchmark(name, options, terminal))
    );

  verbWithConfiguration('up', 'run Temporal, its Web UI and a worker until Ctrl-C')
    .addOption(metricsOption)
    .action(async (options) => done(await (await load(() => import('./verbs/up.ts'))).up(options, terminal)));

  verbWithConfiguration(
    'worker',
    'run a worker for the Temporal of TEMPORAL_ADDRESS or a Temporal profile until Ctrl-C'
  )
    .addOption(metricsOption)
    .action(async (options) => done(await (await load(() => import('./verbs/worker.ts'))).worker(options, terminal)));

  verbWithConfiguration('cancel', 'cancel a run, and wait until its servers are free')
    .argument('[run]', 'as in report, of those under way (default: the only one)')
    .option('--json', 'print only the partial report, as JSON')
    .action(async (run, options) =>
      done(await (await load(() => import('./verbs/cancel.ts'))).cancel(run, options, terminal))
    );

  verbWithConfiguration(
    'baseline',
    'write expectations for each hardware class into fleetmark.yaml, based on finished runs'
  )
    .argument('[run...]', 'workflow ids of the runs (default: the last finished run)')
    .addOption(limitOption)
    .option('--from <reports...>', 'report files written by run --json, or - for standard input')
    .option('--class <names...>', 'only these hardware classes (default: all measured ones)', commaSeparated)
    .option('--least <n>', 'minimum number of servers in a class (default: 3)', positiveInteger)
    .option('--max-tolerance <percent>', 'widest accepted tolerance, up to 50% (default: 25%)', maxTolerance)
    .option('--replace', 'also overwrite hand-written min, max and within')
    .option('--diff', 'show the changes without writing them')
    .option('--json', 'print only the baseline, as JSON')
    .action(async (runs, options) =>
      done(await (await load(() => import('./verbs/baseline.ts'))).baseline(runs, options, terminal))
    );

  addScheduleVerbs(verb('schedule', 'start runs at given times, for example every night'), { terminal, done, load });

  verb('temporal', 'run the Temporal CLI against the Temporal that fleetmark uses')
    .argument('[arguments...]', 'arguments of the Temporal CLI, for example: workflow list')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args) => done(await (await import('./verbs/temporal.ts')).temporal(args, terminal)));

  verb('demo', 'benchmark a demo fleet on this machine; exits 0 if it finds the slow server')
    .option('--json', 'print only the report, as JSON')
    .option('--keep', 'keep running until Ctrl-C, so that you can start runs from the Temporal CLI')
    .action(async (options) => done(await (await load(() => import('./verbs/demo.ts'))).demo(options, terminal)));

  const own = program.commands.filter((each) => each.name() !== 'temporal');
  for (const command of own.flatMap((each) => [each, ...each.commands]))
    command.option('--verbose', 'show where an internal error happened');
}
