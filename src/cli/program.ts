import { Command, CommanderError } from '@commander-js/extra-typings';
import { configOption, inventoryOption } from './configuration-options.ts';
import { exitCodes } from './exit-code.ts';
import { commaSeparated, positiveInteger } from './option-values.ts';
import { explain } from './refusal.ts';
import { limitOption, sampleOption, seedOption } from './selection-options.ts';
import { version } from './version.ts';

/** Where a verb reads and writes: the result goes to stdout, everything else to stderr. */
export type Terminal = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin' | 'env'>;

const examples = `
Examples:
  fleetmark demo                       see it work, without servers
  fleetmark check                      are the servers of ./fleetmark.yaml ready?
  fleetmark run                        every server of ./fleetmark.yaml
  fleetmark run --limit 'web-*'        some of them
  fleetmark run -i hosts.ini           every server of an Ansible inventory
  fleetmark baseline                   hold servers to what the last run showed
  fleetmark run --json | jq .failed    for programs

Exit codes:
  0 every server passed               1 at least one failed
  2 wrong usage or configuration      3 something could not be judged, or the run could not finish
  130, 143 interrupted

A Temporal is started here unless TEMPORAL_ADDRESS or a Temporal profile names one.`;

/** Runs one command line and resolves to its exit code. Loads no Temporal code before a verb needs it. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.passed;
  const program = createProgram(terminal, (code) => (exitCode = code));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said what is wrong; its own exit code for that is 1, which here means that a server failed.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.passed : exitCodes.refused;
    const { text, exitCode: code } = explain(error, argv.includes('--verbose'));
    terminal.stderr.write(`fleetmark: ${text}\n`);
    return code;
  }
}

function createProgram(terminal: Terminal, done: (exitCode: number) => void): Command {
  // The SDK alone takes half a second to load, which must not look like nothing.
  const load = <Verb>(verb: () => Promise<Verb>): Promise<Verb> => {
    terminal.stderr.write('Getting ready ...\n');
    return verb();
  };
  const program = new Command('fleetmark')
    .description('Benchmark every server you have, over plain SSH, and get one list of the ones that fall short.')
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .addHelpText('after', examples);

  program
    .command('run')
    .description('benchmark servers, wait for the end, and say which fall short')
    .addOption(configOption)
    .addOption(inventoryOption)
    .addOption(limitOption)
    .addOption(sampleOption)
    .addOption(seedOption)
    .option('--max-parallel <n>', 'at most so many at once; may only lower the configured number', positiveInteger)
    .option('--benchmarks <names...>', 'only these benchmarks (default: all configured)', commaSeparated)
    .option('--note <text>', 'a note that the report and the Web UI carry')
    .option('--measure-only', 'measure and judge nothing')
    .option('--even-if-busy', 'measure servers that are already working, too, and mark them')
    .option('--yes', 'do not ask')
    .option('--json', 'print the report as JSON and nothing else')
    .option('--detach', 'start the run, say how to follow it, and leave')
    .option('--resume', 'go on with the run that a crash left unfinished')
    .option('--verbose', 'show where an internal error happened')
    .action(async (options) => done(await (await load(() => import('./run.ts'))).run(options, terminal)));

  program
    .command('check')
    .description('connect to servers and say whether they are ready for a run; changes nothing there')
    .addOption(configOption)
    .addOption(inventoryOption)
    .addOption(limitOption)
    .addOption(sampleOption)
    .addOption(seedOption)
    .option('--max-parallel <n>', 'at most so many at once; may only lower the configured number', positiveInteger)
    .option('--benchmarks <names...>', 'ready for these benchmarks (default: all configured)', commaSeparated)
    .option('--config-only', 'read the configuration and its inventory, and connect to nothing')
    .option('--json', 'print the report as JSON and nothing else')
    .option('--verbose', 'show where an internal error happened')
    .action(async ({ configOnly, ...options }) =>
      done(
        configOnly
          ? await (await import('./check-configuration.ts')).checkConfiguration(options, terminal)
          : await (await load(() => import('./check.ts'))).check(options, terminal)
      )
    );

  program
    .command('plan')
    .description('say what a run would do, and how long at most; connects to no server')
    .addOption(configOption)
    .addOption(inventoryOption)
    .addOption(limitOption)
    .addOption(sampleOption)
    .addOption(seedOption)
    .option('--max-parallel <n>', 'at most so many at once; may only lower the configured number', positiveInteger)
    .option('--benchmarks <names...>', 'only these benchmarks (default: all configured)', commaSeparated)
    .option('--json', 'print the plan as JSON and nothing else')
    .option('--verbose', 'show where an internal error happened')
    .action(async (options) => done(await (await import('./plan.ts')).plan(options, terminal)));

  program
    .command('servers')
    .description('the servers of the configuration here')
    .addOption(configOption)
    .addOption(inventoryOption)
    .addOption(limitOption)
    .addOption(sampleOption)
    .addOption(seedOption)
    .option('--json', 'print them as JSON and nothing else')
    .option('--verbose', 'show where an internal error happened')
    .action(async (options) => done(await (await import('./servers.ts')).servers(options, terminal)));

  program
    .command('benchmarks')
    .description('the benchmarks that are configured here, and those that could be: tools, metrics, packages')
    .addOption(configOption)
    .addOption(inventoryOption)
    .option('--json', 'print them as JSON and nothing else')
    .option('--verbose', 'show where an internal error happened')
    .action(async (options) => done(await (await import('./benchmarks.ts')).benchmarks(options, terminal)));

  program
    .command('up')
    .description('Temporal, its Web UI and a worker, until Ctrl-C')
    .addOption(configOption)
    .addOption(inventoryOption)
    .option('--verbose', 'show where an internal error happened')
    .action(async (options) => done(await (await load(() => import('./up.ts'))).up(options, terminal)));

  program
    .command('worker')
    .description('a worker for the Temporal that TEMPORAL_ADDRESS or a Temporal profile names, until Ctrl-C')
    .addOption(configOption)
    .addOption(inventoryOption)
    .option('--verbose', 'show where an internal error happened')
    .action(async (options) => done(await (await load(() => import('./worker.ts'))).worker(options, terminal)));

  program
    .command('cancel')
    .description('cancel a run, and wait until its servers are free')
    .argument('[run]', 'its workflow id (default: the one that is running)')
    .addOption(configOption)
    .addOption(inventoryOption)
    .option('--json', 'print the partial report as JSON and nothing else')
    .option('--verbose', 'show where an internal error happened')
    .action(async (run, options) =>
      done(await (await load(() => import('./cancel.ts'))).cancel(run, options, terminal))
    );

  program
    .command('baseline')
    .description('write what finished runs say is to be expected of each hardware class into fleetmark.yaml')
    .argument('[run...]', 'their workflow ids (default: the last finished one)')
    .addOption(configOption)
    .addOption(inventoryOption)
    .option('--from <reports...>', 'reports that run --json wrote, or - for standard input')
    .option('--class <names...>', 'only these hardware classes (default: all that were measured)', commaSeparated)
    .option('--least <n>', 'servers that a class must have at least (default: 3)', positiveInteger)
    .option('--replace', 'write min, max and within anew, too, that somebody wrote by hand')
    .option('--diff', 'show what would change, and write nothing')
    .option('--json', 'print the baseline as JSON and nothing else')
    .option('--verbose', 'show where an internal error happened')
    .action(async (runs, options) =>
      done(await (await load(() => import('./baseline.ts'))).baseline(runs, options, terminal))
    );

  program
    .command('demo')
    .description('a fleet of its own on this machine, one server of it slow: finds it, and exits 0 if it did')
    .option('--json', 'print the report as JSON and nothing else')
    .option('--keep', 'stay up until Ctrl-C, so that runs can be started from the Temporal CLI')
    .option('--verbose', 'show where an internal error happened')
    .action(async (options) => done(await (await load(() => import('./demo.ts'))).demo(options, terminal)));

  return program;
}
