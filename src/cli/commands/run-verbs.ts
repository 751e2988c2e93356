import type { Command } from '@commander-js/extra-typings';
import { verdictList } from '../options/fleet-options.ts';
import { groups } from '../options/option-groups.ts';
import { withReport } from '../options/report-options.ts';
import { withBenchmarks, withConfiguration, withRunInput } from '../options/run-options.ts';
import { addScheduleVerbs } from './schedule-verbs.ts';
import type { VerbContext } from './verb-context.ts';

/** Declares the verbs that start, show and end runs. The file of a verb is loaded only when that verb runs. */
export function addRunVerbs(program: Command, context: VerbContext): void {
  program.commandsGroup('Measure:');
  addMeasuringVerbs(program, context);
  addFollowingVerbs(program, context);
  addScheduleVerbs(program.command('schedule').description('start runs at given times, such as every night'), context);
}

function addMeasuringVerbs(program: Command, { terminal, done, load }: VerbContext): void {
  const run = withRunInput(program.command('run').description('benchmark servers and report which fall short'))
    .optionsGroup(groups.start)
    .option('--yes', 'do not ask for confirmation')
    .option('--detach', 'start the run, print its id, and exit')
    .option('--resume', 'resume the run that a crash left unfinished');
  withReport(run).action(async (options) =>
    done(await (await load(() => import('../verbs/run.ts'))).run(options, terminal))
  );

  const check = withBenchmarks(program.command('check').description('are servers ready for a run? Changes nothing'))
    .optionsGroup(groups.start)
    .option('--config-only', 'only validate the configuration and its inventory; connect to no server')
    .optionsGroup(groups.output)
    .option('--verbose', 'all details, and where an internal error happened');
  withReport(check, { isCheck: true }).action(async ({ configOnly, ...options }) =>
    done(
      configOnly
        ? await (await import('../options/local-configuration.ts')).checkConfiguration(options, terminal)
        : await (await load(() => import('../verbs/check.ts'))).check(options, terminal)
    )
  );

  withBenchmarks(program.command('plan').description('what a run would do, and for how long; connects to none'))
    .optionsGroup(groups.output)
    .option('--json', 'print only the plan, as JSON')
    .action(async (options) => done(await (await import('../verbs/plan.ts')).plan(options, terminal)));
}

function addFollowingVerbs(program: Command, { terminal, done, load }: VerbContext): void {
  const watch = withConfiguration(program.command('watch').description('show a run under way, as run does')).argument(
    '[run]',
    'as in report (default: the run under way, else the last one)'
  );
  withReport(watch).action(async (run, options) =>
    done(await (await load(() => import('../verbs/watch.ts'))).watch(run, options, terminal))
  );

  const retry = withConfiguration(program.command('retry').description('run the servers again that did not pass'))
    .argument('[run]', 'as in report (default: last)')
    .option(
      '--only <verdicts>',
      'only servers with these (default: fail,error,busy,cancelled,not_reached)',
      verdictList
    )
    .optionsGroup(groups.start)
    .option('--note <text>', 'a note for the report and the Web UI (default: the id of the earlier run)')
    .option('--yes', 'do not ask for confirmation')
    .option('--detach', 'start the run, print its id, and exit');
  withReport(retry).action(async (run, options) =>
    done(await (await load(() => import('../verbs/retry.ts'))).retry(run, options, terminal))
  );

  withConfiguration(program.command('cancel').description('cancel a run, and wait until its servers are free'))
    .argument('[run]', 'as in report, of those under way (default: the only one)')
    .optionsGroup(groups.output)
    .option('--json', 'print only the partial report, as JSON')
    .action(async (run, options) =>
      done(await (await load(() => import('../verbs/cancel.ts'))).cancel(run, options, terminal))
    );
}
