import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/processes.ts';
import { quietOff, scoreCommand } from '../support/fleetmark-yaml.ts';
import { environmentIn, type Ended } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { pageAt } from './page.ts';
import { type as typeInto } from './shell.ts';
import { startUp, type Up } from './up.ts';

const page = pageAt('docs/schedules.md');

describe.skipIf(skipsWithout())('the commands of docs/schedules.md, one after another', () => {
  let fleet: Fleet;
  let up: Up;
  beforeAll(async () => {
    fleet = await startFleet(2);
    const server = (serverId: string) => ({ host: fleet.addressOf(serverId), port: fleet.sshd.port, groups: ['web'] });
    fleet.configure({
      quiet: quietOff,
      servers: { 'web-1': server('web-1'), 'web-2': server('web-2') },
      benchmarks: { cpu: scoreCommand('echo score: 80') },
    });
    up = await startUp(fleet);
  });
  afterAll(async () => {
    await up?.stop();
    await fleet?.stop();
  });

  const run = (command: string): Promise<Ended> => typeInto(command, fleet.folder, environmentIn(fleet.folder)).ended;

  /** What the commands print, in the order of the page; those that print nothing remarkable are missing. */
  const printed: Record<string, RegExp> = {
    'schedule list': /^nightly +0 2 \* \* \* Europe\/Oslo \d{4}-/m,
    'schedule trigger nightly': /^fleet-nightly-/m,
    'schedule show nightly': /^ {2}input \{"limit":\["@web"\]\}$[^]* fleet-nightly-/m,
    'schedule pause nightly': /^ {2}next {2}paused: the rack is being moved$/m,
    'schedule resume nightly': /^ {2}next {2}\d{4}-/m,
    'schedule delete nightly': /^deleted nightly$/m,
    'temporal schedule describe': /fleet-by-hand/,
    'schedule show by-hand': /^ {2}when {2}0 2 \* \* \* Europe\/Oslo$[^]* 2 measured$/m,
  };

  test.each(page.commands)('%s', async (command) => {
    // The listing of Temporal follows within a second, and so does the end of the triggered run.
    const wanted = Object.entries(printed).find(([words]) => command.startsWith(`fleetmark ${words}`))?.[1] ?? /(?:)/;
    const isRead = /schedule (list|show)/.test(command);
    const isRight = ({ exitCode, stdout }: Ended): boolean => exitCode === 0 && wanted.test(stdout);
    const ended = isRead ? await eventually(() => run(command), isRight) : await run(command);
    expect(ended).toEqual({ exitCode: 0, stdout: expect.stringMatching(wanted), stderr: expect.any(String) });
  });

  test('no expectation is left behind', () => {
    const left = Object.keys(printed).filter(
      (words) => !page.commands.some((command) => command.startsWith(`fleetmark ${words}`))
    );
    expect(left).toEqual([]);
  });

  test('nothing is left of the schedules', async () => {
    expect((await run('fleetmark schedule list')).stdout).toBe('no schedules\n');
  });
});
