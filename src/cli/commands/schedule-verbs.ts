import type { Command } from '@commander-js/extra-typings';
import { withRunInput } from '../options/run-options.ts';
import {
  catchUpOption,
  cronOption,
  jitterOption,
  newScheduleName,
  timezoneOption,
} from '../options/schedule-options.ts';
import { groups } from '../options/option-groups.ts';
import type { VerbContext } from './verb-context.ts';

/** Declares the verbs of `fleetmark schedule` and their options. */
export function addScheduleVerbs(schedule: Command, { terminal, done, load }: VerbContext): void {
  const verbs = () => load(() => import('../verbs/schedule.ts'));
  const verb = (name: string, description: string) =>
    schedule
      .command(name)
      .description(description)
      .optionsGroup(groups.output)
      .option('--json', 'print only the result, as JSON');
  const verbWithName = (name: string, description: string) =>
    verb(name, description).argument('<schedule>', 'its name');

  withRunInput(schedule.command('create').description('create a schedule: when to start a run, and of what'))
    .argument('<name>', 'its name, such as nightly', newScheduleName)
    .addOption(cronOption)
    .addOption(timezoneOption)
    .addOption(jitterOption)
    .addOption(catchUpOption)
    .optionsGroup(groups.output)
    .option('--json', 'print only the result, as JSON')
    .action(async (name, options) => done(await (await verbs()).create(name, options, terminal)));

  verb('list', 'list the schedules, with their next times and last results').action(async (options) =>
    done(await (await verbs()).list(options, terminal))
  );

  verbWithName('show', 'show a schedule and its last runs').action(async (name, options) =>
    done(await (await verbs()).show(name, options, terminal))
  );

  verbWithName('pause', 'start no more runs until it is resumed')
    .option('--note <text>', 'why, for schedule list and the Web UI')
    .action(async (name, options) => done(await (await verbs()).pause(name, options, terminal)));

  verbWithName('resume', 'end the pause of a schedule').action(async (name, options) =>
    done(await (await verbs()).resume(name, options, terminal))
  );

  verbWithName('trigger', 'start a run of a schedule now').action(async (name, options) =>
    done(await (await verbs()).trigger(name, options, terminal))
  );

  verbWithName('delete', 'delete a schedule; its runs stay').action(async (name, options) =>
    done(await (await verbs()).remove(name, options, terminal))
  );
}
