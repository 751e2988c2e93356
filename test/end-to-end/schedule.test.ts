import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ListedSchedule } from '../../src/reports/listings/schedule-listing.ts';
import { quietOff } from '../support/fleetmark-yaml.ts';
import { startFleetmark, type Ended } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { HeldBenchmark } from './held-benchmark.ts';
import { startUp, type Up } from './up.ts';

describe.skipIf(skipsWithout())('fleetmark schedule', () => {
  let fleet: Fleet;
  let up: Up;
  let held: HeldBenchmark;

  beforeAll(async () => {
    fleet = await startFleet(2);
    held = new HeldBenchmark(fleet);
    fleet.configure({ ...held.settings(), quiet: quietOff });
    up = await startUp(fleet);
  });
  afterAll(async () => {
    await up?.stop();
    await fleet?.stop();
  });

  const run = (...args: string[]): Promise<Ended> => fleet.start(...args).ended;
  const succeeds = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
    return stdout;
  };
  const show = async (name: string): Promise<ListedSchedule> =>
    JSON.parse(await succeeds('schedule', 'show', name, '--json')) as ListedSchedule;
  const ends = (id: string): Promise<unknown> => up.client.workflow.getHandle(id).result();
  const trigger = async (name: string): Promise<string> => (await succeeds('schedule', 'trigger', name)).trim();
  const refused = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    return stderr;
  };

  test('create says what each run loads, when the first ones are, and that `up` must run', async () => {
    const times = ['--cron', '0 2 * * MON-FRI', '--timezone', 'europe/oslo', '--jitter', '10m', '--catch-up', '1h'];
    const which = ['--limit', 'web-1', '--max-parallel', '1', '--note', 'after the backup'];
    const { exitCode, stdout, stderr } = await run('schedule', 'create', 'nightly', ...times, ...which);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toContain('Each run: 1 server with cpu, at most 1 in parallel.\n');
    expect(stderr).toContain('that time is skipped.\n');
    expect(stderr).toMatch(/the schedule fires only while `.* up` runs\.$/m);
    expect(stdout).toContain('  when  0 2 * * MON-FRI Europe/Oslo\n');
    expect(await show('nightly')).toMatchObject({
      ...{ schemaVersion: 1, name: 'nightly', times: '0 2 * * MON-FRI', timezone: 'Europe/Oslo' },
      ...{ jitterSeconds: 600, catchUpSeconds: 3600, overlap: 'skip', paused: false, note: 'after the backup' },
      input: { limit: ['web-1'], maxParallel: 1, note: 'after the backup' },
      runs: [],
    });
  });

  test('three firings are three runs, which the schedule and the list know', async () => {
    const ids: string[] = [];
    for (let firing = 1; firing <= 3; firing += 1) {
      const id = await trigger('nightly');
      expect(id).toMatch(/^fleet-nightly-\d{4}-\d{2}-\d{2}T[\d:]{8}Z$/);
      expect(await ends(id)).toMatchObject({ run: id, requested: 1, note: 'after the backup', counts: { pass: 1 } });
      ids.unshift(id);
    }
    const { runs } = await show('nightly');
    expect(runs.map((each) => each.run)).toEqual(ids);
    expect(runs.every(({ status, verdict }) => status === 'completed' && verdict === 'pass')).toBe(true);
    expect(await succeeds('schedule', 'list')).toMatch(/^nightly +0 2 .* 1 pass, 0 fail, 0 error after the backup$/m);
    expect(await succeeds('runs')).toMatch(new RegExp(`${ids[0]} nightly: after the backup$`, 'm'));
    expect(await succeeds('report', ids[0]!)).toContain('web-1 pass');
    const described = await up.client.workflow.getHandle(ids[0]!).describe();
    expect(await described.staticSummary()).toBe('after the backup');
  });

  test('a run of a schedule can be a baseline', async () => {
    const [last] = (await show('nightly')).runs;
    const diff = await succeeds('baseline', last!.run, '--least', '1', '--replace', '--diff');
    expect(diff).toContain('cpu.score');
  });

  test('a time is skipped while an earlier run goes on, and `cancel` ends that run', async () => {
    held.hold();
    const id = await trigger('nightly');
    await held.measures(1);
    expect(await refused('schedule', 'trigger', 'nightly')).toContain(
      `fleetmark: nothing was started: nightly skips a run while its run ${id} has not ended\n`
    );
    expect(await show('nightly')).toMatchObject({
      skippedByOverlap: 1,
      runs: [{ run: id, status: 'running' }, {}, {}, {}],
    });
    const paused = await run('schedule', 'pause', 'nightly');
    expect(paused.stderr).toContain(`Its run ${id} goes on; cancel it: `);
    expect(await refused('cancel', 'weekly')).toContain(`weekly is not running; running: ${id}\n`);
    expect(await succeeds('cancel', 'nightly')).toContain('1 cancelled');
    await held.isGone();
    held.disableHold();
    expect((await show('nightly')).runs[0]).toMatchObject({ run: id, status: 'cancelled', verdict: 'cancelled' });
  });

  test('a paused schedule has no next time, says why, and can be triggered and resumed', async () => {
    await succeeds('schedule', 'pause', 'nightly', '--note', 'rack move');
    expect(await succeeds('schedule', 'show', 'nightly')).toContain('  next  paused: rack move\n');
    expect(await show('nightly')).toMatchObject({ paused: true, next: [] });
    await ends(await trigger('nightly'));
    await succeeds('schedule', 'resume', 'nightly');
    const resumed = await show('nightly');
    expect(resumed).toMatchObject({ paused: false, pauseNote: null });
    expect(resumed.next.length).toBeGreaterThan(0);
  });

  test('`trigger --json` prints only the run', async () => {
    const { run: id, ...more } = JSON.parse(await succeeds('schedule', 'trigger', 'nightly', '--json')) as {
      run: string;
    };
    expect(more).toEqual({ schemaVersion: 1, name: 'nightly', temporalRunId: expect.any(String) });
    expect(await ends(id)).toMatchObject({ run: id });
  });

  test('a run that was refused says why', async () => {
    const input = [{ limit: ['web-9'] }];
    const action = {
      type: 'startWorkflow',
      workflowType: 'benchmarkFleet',
      taskQueue: 'fleetmark',
      args: input,
    } as const;
    const byHand = await up.client.schedule.create({ scheduleId: 'by-hand', spec: {}, action });
    const id = await trigger('by-hand');
    await expect(ends(id)).rejects.toThrow();
    const text = await succeeds('schedule', 'show', 'by-hand');
    expect(text).toContain('  when  never UTC\n');
    expect(text).toMatch(/^  \S+ \S+ \S+ no result: "web-9" is not in the inventory/m);
    await byHand.delete();
  });

  test('what cannot work is refused before anything is created', async () => {
    const every = ['--cron', '0 2 * * *'];
    const cases: [string[], RegExp][] = [
      [
        ['nightly', ...every],
        /^fleetmark: there is already a schedule nightly: choose another name, or delete that one first: .* schedule delete nightly$/m,
      ],
      [
        ['x', '--cron', '0 25 * * *'],
        /^fleetmark: --cron '0 25 \* \* \*' is invalid: Hour is not in range \[0-23\]\. Write minute, hour/m,
      ],
      [['x', '--cron', '0 2 L * *'], /^fleetmark: --cron '0 2 L \* \*' is invalid: DayOfMonth /m],
      [['x', '--cron', '0 2 30 2 *'], /^fleetmark: --cron '0 2 30 2 \*' never matches: .* Nothing was created\.$/m],
      [
        ['x', '--cron', '0 2 * *'],
        /^error: option '--cron <times>' argument '0 2 \* \*' is invalid\. It must have five fields/m,
      ],
      [['x', ...every, '--timezone', 'Europe/Olso'], /did you mean "Europe\/Oslo"\?$/m],
      [['x'], /^error: required option '--cron <times>' not specified$/m],
      [['a/b', ...every], /^error: command-argument value 'a\/b' is invalid for argument 'name'\. It must be letters/m],
      [['x', ...every, '--limit', 'web-9'], /^fleetmark: "web-9" is not in the inventory; did you mean "web-\d"/m],
      [['x', ...every, '--note', 'two\nlines'], /one line of printable text/m],
      [['x', ...every, '--seed', '7'], /A seed needs a sample/m],
      [['x', ...every, '--config', 'other.yaml'], /other\.yaml/m],
    ];
    for (const [args, words] of cases) expect(await refused('schedule', 'create', ...args)).toMatch(words);
    for (const verb of ['show', 'pause', 'resume', 'trigger', 'delete'])
      expect(await refused('schedule', verb, 'nihgtly')).toMatch(
        /^fleetmark: there is no schedule "nihgtly"; did you mean "nightly"\?\nList them: .* schedule list$/m
      );
    const { schedules } = JSON.parse(await succeeds('schedule', 'list', '--json')) as { schedules: ListedSchedule[] };
    expect(schedules.map(({ name }) => name)).toEqual(['nightly']);
  });

  test('schedules of other workflows are neither listed nor touched', async () => {
    const action = { type: 'startWorkflow', workflowType: 'backup', taskQueue: 'backups' } as const;
    const other = await up.client.schedule.create({ scheduleId: 'other', spec: {}, action });
    for (const verb of ['show', 'pause', 'trigger', 'delete'])
      expect(await refused('schedule', verb, 'other')).toContain(
        'the schedule other starts backup, not benchmarkFleet'
      );
    expect(await succeeds('schedule', 'list')).not.toContain('other');
    expect((await other.describe()).state.paused).toBe(false);
    await other.delete();
  });

  test('with TEMPORAL_ADDRESS, the worker checks what is selected', async () => {
    const env = { TEMPORAL_ADDRESS: up.address, FLEETMARK_CONFIG: fleet.file('is-not-here.yaml') };
    const remote = (...args: string[]): Promise<Ended> =>
      startFleetmark(fleet.folder, ['schedule', ...args], env).ended;
    const wrong = await remote('create', 'far', '--cron', '@daily', '--limit', 'web-9');
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('"web-9" is not in the') });
    const created = await remote('create', 'far', '--cron', '@every 6h/30m');
    expect(created).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('  when  every 6h, offset 30m UTC\n'),
    });
    expect(created.stderr).toContain('Each run: 2 servers with cpu, at most ');
    expect(created.stderr).not.toContain('fires only while');
    expect(await remote('delete', 'far')).toMatchObject({ exitCode: 0, stdout: 'deleted far\n' });
  });

  test('schedules outlive `up`; without it, every verb says how to start it', async () => {
    await up.stop();
    for (const args of [['list'], ['show', 'nightly'], ['create', 'x', '--cron', '@daily'], ['delete', 'nightly']])
      expect(await refused('schedule', ...args)).toMatch(
        /fleetmark: no Temporal of fleetmark is running here: start one with `.* up`, keep it running, .*TEMPORAL_ADDRESS$/m
      );
    up = await startUp(fleet);
    expect(up.said).toMatch(/^Schedules \(`.* schedule list`\): nightly$/m);
    expect((await show('nightly')).runs.length).toBeGreaterThan(3);
    expect(await succeeds('schedule', 'delete', 'nightly')).toBe('deleted nightly\n');
    expect(await succeeds('schedule', 'list')).toBe('no schedules\n');
  });
});
