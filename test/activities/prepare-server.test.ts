import { existsSync, readFileSync } from 'node:fs';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { GpuChoice } from '../../src/domain/servers/choose-gpus.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import type { Configuration } from '../../src/domain/plans/configuration.ts';
import type { ServerInput, ServerPlan } from '../../src/domain/plans/plan.ts';
import type { QuietLimits } from '../../src/domain/measurements/quiet-limits.ts';
import type { Server } from '../../src/domain/servers/server.ts';
import { allOff, configurationOf, scoreBenchmark } from '../support/configuration.ts';
import { connectionTo, scriptedSsh, withGpus, type ScriptedSsh } from '../support/scripted-ssh.ts';

const limits: QuietLimits = { ...allOff, cpu: 0.2, gpuProcesses: 0 };

/** The output of the check for other work; others use this many of 100 CPU ticks. */
function working(ticks: number, gpuProcesses = ''): string {
  return `\n@@ fleetmark work @@\ncpu  0 0 0 0 0 0 0 0 0 0\ncpu  ${ticks} 0 0 ${100 - ticks} 0 0 0 0 0 0\n${gpuProcesses}`;
}

async function prepare(
  answers: string[],
  input: Partial<ServerInput> = {},
  quiet = limits,
  changed: Partial<Configuration> = {}
): Promise<{ plan: ServerPlan | null; failure: unknown; ssh: ScriptedSsh }> {
  const ssh = scriptedSsh(
    () => '',
    () => answers.shift() ?? ''
  );
  const configuration = { ...configurationOf({ servers: ['web-1'], quiet }), ...changed };
  const { prepareServer } = createActivities({ configuration: async () => configuration, ssh });
  const ended = new MockActivityEnvironment().run(prepareServer, [{ serverId: 'web-1', ...input }]);
  return (ended as Promise<ServerPlan>).then(
    (plan) => ({ plan, failure: null, ssh }),
    (failure: unknown) => ({ plan: null, failure, ssh })
  );
}

test('a quiet server is checked once, for a second', async () => {
  const { plan, ssh } = await prepare([working(20, 'gpu_processes known\n')]);
  expect(plan).toMatchObject({ serverId: 'web-1', notes: [] });
  expect(ssh.commands).toHaveLength(1);
});

test('a machine with several ids has one identity, which does not reveal its machine id', async () => {
  const identityOf = async (hostKey: string): Promise<string | undefined> => {
    const connection = { ...connectionTo('web-1'), hostKey };
    const ssh = scriptedSsh(
      () => '',
      () => '',
      () => Promise.resolve(connection)
    );
    const { prepareServer } = createActivities({
      configuration: async () => configurationOf({ servers: ['web-1', 'web-2'] }),
      ssh,
    });
    const prepared = (serverId: string) => new MockActivityEnvironment().run(prepareServer, [{ serverId }]);
    const [first, second] = (await Promise.all(['web-1', 'web-2'].map(prepared))) as ServerPlan[];
    expect(first!.identity).toMatch(/^[0-9a-f]{16}$/);
    expect(second!.identity).toBe(first!.identity);
    if (existsSync('/etc/machine-id')) {
      expect(JSON.stringify(first)).not.toContain(readFileSync('/etc/machine-id', 'utf8').trim());
    }
    return first!.identity;
  };
  expect(await identityOf('SHA256:a')).not.toBe(await identityOf('SHA256:b'));
});

test('a server with other work is busy, and the reason names the share and the processes', async () => {
  const gpus = 'gpu_processes known\ngpu_process 4711, python3\n';
  const { failure, ssh } = await prepare([working(90), working(90), working(85, gpus)]);
  expect(failure).toMatchObject({ type: 'ServerBusy', nonRetryable: true, category: 'BENIGN' });
  expect((failure as Error).message).toBe(
    'this server is busy with other work: others use 85 % of its CPU time (limit 20 %), and its GPUs are used by python3 (process 4711)'
  );
  expect(new Set(ssh.commands.map(({ commandId }) => commandId)).size).toBe(3);
});

test('other work that ends within seconds does not make a server busy', async () => {
  const { plan, ssh } = await prepare([working(90), working(3)]);
  expect(plan?.notes).toEqual([]);
  expect(ssh.commands.map(({ command }) => /^sleep [2-9]$/m.test(command))).toEqual([false, true]);
});

test('evenIfBusy measures a busy server, and notes it', async () => {
  const { plan } = await prepare([working(90), working(90), working(90)], { evenIfBusy: true });
  expect(plan?.notes).toEqual([
    'measured although it was already working: others use 90 % of its CPU time (limit 20 %)',
  ]);
});

test('a server without load data is not busy; with both limits off it is not checked', async () => {
  expect((await prepare(['no such file'])).plan?.notes).toEqual([]);
  const { plan, ssh } = await prepare([working(90)], {}, allOff);
  expect(plan?.notes).toEqual([]);
  expect(ssh.commands).toEqual([]);
});

test('a check that loses its connection is repeated, and fails after the fifth time', async () => {
  for (const [losses, looks] of [
    [1, 2],
    [9, 5],
  ] as const) {
    let left: number = losses;
    let taken = 0;
    const answer = (): string => {
      taken += 1;
      if (left-- > 0) throw new Failure('ConnectionLost', 'connection reset');
      return working(1);
    };
    const ssh = scriptedSsh(() => '', answer);
    const configuration = configurationOf({ servers: ['web-1'], quiet: limits });
    const { prepareServer } = createActivities({ configuration: async () => configuration, ssh });
    const ended = new MockActivityEnvironment().run(prepareServer, [{ serverId: 'web-1' }]);
    const outcome = await ended.then(
      () => 'prepared',
      (error: { type: string }) => error.type
    );
    expect([outcome, taken]).toEqual([losses < looks ? 'prepared' : 'ConnectionLost', looks]);
  }
});

describe('the hardware class', () => {
  const { servers } = configurationOf({ servers: ['web-1'] });
  const [server] = servers.values();
  const classes = [{ name: 'mine', groups: ['rack-1'], detect: { cpus: { min: 1 } } }];
  const expected = { default: { 'cpu.score': { min: 1 } }, mine: { 'cpu.score': { min: 2 } } };

  async function prepared(of: Partial<Server>, input: Partial<ServerInput> = {}, changed: Partial<Configuration> = {}) {
    const inventory = new Map([['web-1', { ...server!, ...of }]]);
    const configuration = { servers: inventory, classes, expect: expected, ...changed };
    return (await prepare([], input, allOff, configuration)).plan!;
  }

  test('is detected from the machine facts, and selects the expectations', async () => {
    const plan = await prepared({ hardwareClass: null });
    expect(plan).toMatchObject({
      hardwareClass: 'mine',
      classBy: 'detected',
      benchmarks: [{ expected: expected.mine }],
    });
  });

  test('in the inventory overrides detection', async () => {
    expect(await prepared({ hardwareClass: 'mine', groups: ['rack-1'] })).toMatchObject({ classBy: 'group rack-1' });
    const plan = await prepared({ hardwareClass: 'default' });
    expect(plan).toMatchObject({ classBy: 'default', benchmarks: [{ expected: expected.default }] });
    expect(plan).not.toHaveProperty('expectationMissing');
  });

  test('without expectations is an error with requireExpectations, except with measureOnly', async () => {
    const required = { requireExpectations: true };
    const other = { hardwareClass: 'other' };
    expect((await prepared(other, {}, required)).expectationMissing).toEqual({
      type: 'ExpectationMissing',
      message: 'fleetmark.yaml requires expectations, but has none for cpu in the class other',
    });
    expect(await prepared(other, { measureOnly: true }, required)).not.toHaveProperty('expectationMissing');
    expect(await prepared({ hardwareClass: 'mine' }, {}, required)).not.toHaveProperty('expectationMissing');
    expect(await prepared(other)).not.toHaveProperty('expectationMissing');
  });
});

describe('the GPUs of a server', () => {
  const lines = [
    'gpu=0000:01:00.0 0x10de 0x1eb8 0x030200 - Tesla T4',
    'gpu=0000:09:00.0 0x1002 0x164e 0x030000 -',
    'gpu=0000:03:00.0 0x1a03 0x2000 0x030000 -b',
  ];

  async function prepared(devices: GpuChoice | null, input: Partial<ServerInput> = {}): Promise<ServerPlan> {
    const ssh = withGpus(
      scriptedSsh(() => ''),
      lines
    );
    const gpu = scoreBenchmark('gpu', { command: null, devices });
    const configuration = configurationOf({ servers: ['web-1'], benchmarks: [scoreBenchmark('cpu'), gpu] });
    const { prepareServer } = createActivities({ configuration: async () => configuration, ssh });
    const plan: unknown = await new MockActivityEnvironment().run(prepareServer, [{ serverId: 'web-1', ...input }]);
    return plan as ServerPlan;
  }

  const note = 'gpu: not measured: 0000:03:00.0 1a03:2000 (display only), 0000:09:00.0 AMD 1002:164e (integrated)';

  test('are those that compute; the row notes the others, also in a check', async () => {
    const { machine, notes } = await prepared(null);
    expect(machine.gpus.map(({ address }) => address)).toEqual(['0000:01:00.0']);
    expect(notes).toEqual([note]);
    expect((await prepared(null, { checkOnly: true })).notes).toEqual([note]);
  });

  test('are those in the configuration', async () => {
    const { machine, notes } = await prepared({ vendor: 'amd' });
    expect(machine.gpus.map(({ address }) => address)).toEqual(['0000:09:00.0']);
    expect(notes).toEqual([
      'gpu: not measured: 0000:01:00.0 Tesla T4 (not chosen), 0000:03:00.0 1a03:2000 (display only)',
    ]);
  });

  test('are noted only if GPUs are measured', async () => {
    expect((await prepared(null, { benchmarks: ['cpu'] })).notes).toEqual([]);
  });
});
