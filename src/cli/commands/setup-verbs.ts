import type { Command } from '@commander-js/extra-typings';
import { shells } from '../completion/scripts.ts';
import { metricsOption } from '../monitoring/metrics-address.ts';
import { configOption, inventoryOption } from '../options/configuration-options.ts';
import { groups } from '../options/option-groups.ts';
import { withConfiguration, withSelection } from '../options/run-options.ts';
import type { VerbContext } from './verb-context.ts';

/** Declares the verbs that show the configuration, and help to write one. */
export function addSetupVerbs(program: Command, context: VerbContext): void {
  program.commandsGroup('Set up:');
  addListingVerbs(program, context);
  addCompletionVerbs(program, context);
  program.commandsGroup('Temporal:');
  addTemporalVerbs(program, context);
}

function addListingVerbs(program: Command, { terminal, done, load }: VerbContext): void {
  program
    .command('demo')
    .description('benchmark a demo fleet on this machine')
    .optionsGroup(groups.output)
    .option('--json', 'print only the report, as JSON')
    .option('--keep', 'keep running until Ctrl-C, so that you can start runs from the Temporal CLI')
    .action(async (options) => done(await (await load(() => import('../verbs/demo.ts'))).demo(options, terminal)));

  withSelection(program.command('servers').description('list the configured servers'))
    .optionsGroup(groups.output)
    .option('--json', 'print only the list, as JSON')
    .action(async (options) => done(await (await import('../verbs/servers.ts')).servers(options, terminal)));

  withConfiguration(program.command('benchmarks').description('list the benchmarks: tools, metrics, packages'))
    .optionsGroup(groups.output)
    .option('--json', 'print only the list, as JSON')
    .action(async (options) => done(await (await import('../verbs/benchmarks.ts')).benchmarks(options, terminal)))
    .command('try')
    .description('show what a run would read from the saved output of a command')
    .argument('<benchmark>', 'its name')
    .optionsGroup('The saved output:')
    .option('--output <file>', 'what the command printed to standard output; - for standard input')
    .option('--errors <file>', 'what it printed to standard error')
    .option('--file <name=path...>', 'a result file of the command, and where it is')
    .addOption(configOption)
    .addOption(inventoryOption)
    .optionsGroup(groups.output)
    .option('--json', 'print only what was read, as JSON')
    .action(async (name, options) =>
      done(await (await import('../verbs/try-benchmark.ts')).tryBenchmark(name, options, terminal))
    );
}

function addCompletionVerbs(program: Command, { terminal, done }: VerbContext): void {
  const argument = program.createArgument('<shell>', shells.join(', ')).choices(shells);
  program
    .command('completion')
    .description('print a script with which your shell completes words')
    .addArgument(argument)
    .action(async (shell) => done((await import('../verbs/completion.ts')).completion(shell, terminal)));
  program
    .command('complete-words', { hidden: true })
    .description('what the script of `completion` calls')
    .argument('<words...>')
    .action(async (words) =>
      done(await (await import('../verbs/completion.ts')).completeWords(program, words, terminal))
    );
}

function addTemporalVerbs(program: Command, { terminal, done, load }: VerbContext): void {
  withConfiguration(program.command('up').description('run Temporal, its Web UI and a worker until Ctrl-C'))
    .addOption(metricsOption)
    .action(async (options) => done(await (await load(() => import('../verbs/up.ts'))).up(options, terminal)));

  withConfiguration(program.command('worker').description('run a worker for the Temporal of TEMPORAL_ADDRESS'))
    .addOption(metricsOption)
    .action(async (options) => done(await (await load(() => import('../verbs/worker.ts'))).worker(options, terminal)));

  program
    .command('temporal')
    .description('run the Temporal CLI against the Temporal that fleetmark uses')
    .argument('[arguments...]', 'arguments of the Temporal CLI, for example: workflow list')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args) => done(await (await import('../verbs/temporal.ts')).temporal(args, terminal)));
}
