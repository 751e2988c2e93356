import { Option } from '@commander-js/extra-typings';
import type { Command } from '@commander-js/extra-typings';
import { configOption, inventoryOption } from './options/configuration-options.ts';
import { commaSeparated, maxTolerance, positiveInteger } from './options/option-values.ts';
import { limitOption, sampleOption, seedOption } from './options/selection-options.ts';
import { messagePrinter } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';

const verboseOption = new Option('--verbose', 'show where an internal error happened');

/** What the command line can do. Each verb is a file of its own, which is loaded when it is asked for. */
export function addVerbs(program: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  // The SDK alone takes half a second to load, which must not look like nothing.
  const load = <Verb>(verb: () => Promise<Verb>): Promise<Verb> => {
    messagePrinter(terminal)('Getting ready ...');
    return verb();
  };
  const verb = (name: string, description: string) => program.command(name).description(description);
  const verbWithConfiguration = (name: string, description: string) =>
    verb(name, description).addOption(configOption).addOption(inventoryOption);
  const verbWithServers = (name: string, description: string) =>
    verbWithConfiguration(name, description).addOption(limitOption).addOption(sampleOption).addOption(seedOption);
  const verbWithBenchmarks = (name: string, description: string, benchmarks: string) =>
    verbWithServers(name, description)
      .option('--max-parallel <n>', 'at most so many at once; may only lower the configured number', positiveInteger)
      .option('--benchmarks <names...>', benchmarks, commaSeparated);

  verbWithBenchmarks(
    'run',
    'benchmark servers, wait for the end, and say which fall short',
    'only these benchmarks (default: all configured)'
  )
    .option('--note <text>', 'a note that the report and the Web UI carry')
    .option('--measure-only', 'measure and judge nothing')
    .option('--even-if-busy', 'measure servers that are already working, too, and mark them')
    .option('--yes', 'do not ask')
    .option('--json', 'print the report as JSON and nothing else')
    .option('--detach', 'start the run, say how to follow it, and leave')
    .option('--resume', 'go on with the run that a crash left unfinished')
    .addOption(verboseOption)
    .action(async (options) => done(await (await load(() => import('./verbs/run.ts'))).run(options, terminal)));

  verbWithBenchmarks(
    'check',
    'connect to servers and say whether they are ready for a run; changes nothing there',
    'ready for these benchmarks (default: all configured)'
  )
    .option('--config-only', 'read the configuration and its inventory, and connect to nothing')
    .option('--json', 'print the report as JSON and nothing else')
    .addOption(verboseOption)
    .action(async ({ configOnly, ...options }) =>
      done(
        configOnly
          ? await (await import('./options/check-configuration.ts')).checkConfiguration(options, terminal)
          : await (await load(() => import('./verbs/check.ts'))).check(options, terminal)
      )
    );

  verbWithBenchmarks(
    'plan',
    'say what a run would do, and how long at most; connects to no server',
    'only these benchmarks (default: all configured)'
  )
    .option('--json', 'print the plan as JSON and nothing else')
    .addOption(verboseOption)
    .action(async (options) => done(await (await import('./verbs/plan.ts')).plan(options, terminal)));

  verbWithServers('servers', 'the servers of the configuration here')
    .option('--json', 'print them as JSON and nothing else')
    .addOption(verboseOption)
    .action(async (options) => done(await (await import('./verbs/servers.ts')).servers(options, terminal)));

  verbWithConfiguration(
    'benchmarks',
    'the benchmarks that are configured here, and those that could be: tools, metrics, packages'
  )
    .option('--json', 'print them as JSON and nothing else')
    .addOption(verboseOption)
    .action(async (options) => done(await (await import('./verbs/benchmarks.ts')).benchmarks(options, terminal)));

  verbWithConfiguration('up', 'Temporal, its Web UI and a worker, until Ctrl-C')
    .addOption(verboseOption)
    .action(async (options) => done(await (await load(() => import('./verbs/up.ts'))).up(options, terminal)));

  verbWithConfiguration(
    'worker',
    'a worker for the Temporal that TEMPORAL_ADDRESS or a Temporal profile names, until Ctrl-C'
  )
    .addOption(verboseOption)
    .action(async (options) => done(await (await load(() => import('./verbs/worker.ts'))).worker(options, terminal)));

  verbWithConfiguration('cancel', 'cancel a run, and wait until its servers are free')
    .argument('[run]', 'its workflow id (default: the one that is running)')
    .option('--json', 'print the partial report as JSON and nothing else')
    .addOption(verboseOption)
    .action(async (run, options) =>
      done(await (await load(() => import('./verbs/cancel.ts'))).cancel(run, options, terminal))
    );

  verbWithConfiguration(
    'baseline',
    'write what finished runs say is to be expected of each hardware class into fleetmark.yaml'
  )
    .argument('[run...]', 'their workflow ids (default: the last finished one)')
    .addOption(limitOption)
    .option('--from <reports...>', 'reports that run --json wrote, or - for standard input')
    .option('--class <names...>', 'only these hardware classes (default: all that were measured)', commaSeparated)
    .option('--least <n>', 'servers that a class must have at least (default: 3)', positiveInteger)
    .option('--max-tolerance <percent>', 'widest tolerance to accept, up to 50% (default: 25%)', maxTolerance)
    .option('--replace', 'write min, max and within anew, too, that somebody wrote by hand')
    .option('--diff', 'show what would change, and write nothing')
    .option('--json', 'print the baseline as JSON and nothing else')
    .addOption(verboseOption)
    .action(async (runs, options) =>
      done(await (await load(() => import('./verbs/baseline.ts'))).baseline(runs, options, terminal))
    );

  verb('temporal', 'the Temporal CLI that is used here, with the address of the Temporal that is used here')
    .argument('[arguments...]', 'handed on as they are: workflow list')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args) => done(await (await import('./verbs/temporal.ts')).temporal(args, terminal)));

  verb('demo', 'a fleet of its own on this machine, one server of it slow: finds it, and exits 0 if it did')
    .option('--json', 'print the report as JSON and nothing else')
    .option('--keep', 'stay up until Ctrl-C, so that runs can be started from the Temporal CLI')
    .addOption(verboseOption)
    .action(async (options) => done(await (await load(() => import('./verbs/demo.ts'))).demo(options, terminal)));
}
