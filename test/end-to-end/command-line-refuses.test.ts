import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { generateKey, skipsWithoutSshd } from '../support/sshd.ts';
import { startTemporal } from '../support/temporal.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import { startFleetmark } from './command-line.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort } from '../support/ports.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('refuses');
  mkdirSync(join(folder, 'home'));
  writeFileSync(join(folder, 'key'), 'not looked at');
});

/** No connection is ever made to these servers: 192.0.2.0/24 is reserved for documentation. */
const servers = 'servers: { web-1: { host: 192.0.2.1 }, web-2: { host: 192.0.2.2 } }';

function configure(...lines: string[]): void {
  generateKeyOnce(join(folder, 'id'));
  const ssh = lines.some((line) => line.startsWith('ssh:')) ? [] : ['ssh: { user: bench, key: id }'];
  writeFileSync(join(folder, 'fleetmark.yaml'), [...lines, ...ssh].join('\n'));
}

function generateKeyOnce(file: string): void {
  if (!existsSync(file)) generateKey(file);
}

/** The exit code and standard error, without the first line. */
async function refusal(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { exitCode, stdout, stderr } = await startFleetmark(folder, args, env).ended;
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/^\s+at /m); // no stack trace
  expect(stderr).not.toContain('internal error');
  return { exitCode, message: stderr.replace('Getting ready ...\n', '') };
}

describe('invalid usage is explained in one sentence', () => {
  const cases: [string, string[], RegExp][] = [
    ['an unknown verb', ['rnu'], /unknown command 'rnu'\n\(Did you mean run\?\)/],
    ['an unknown flag', ['run', '--maxparallel', '3'], /unknown option '--maxparallel'\n\(Did you mean --max-parallel/],
    [
      'none in parallel',
      ['run', '--max-parallel', '0'],
      /'--max-parallel <n>' argument '0' is invalid. It must be a positive whole/,
    ],
    ['half a server in parallel', ['run', '--max-parallel', '1.5'], /argument '1.5' is invalid/],
    [
      'a server where none belongs',
      ['run', 'web-1'],
      /too many arguments for 'run'.*\nChoose servers with --limit: fleetmark run --limit web-1\n$/,
    ],
    ['a second run', ['report', 'last', 'last-1'], /too many arguments for 'report'[^\n]*\n$/],
    ['a server where --limit is a number of runs', ['runs', 'web-1'], /too many arguments for 'runs'[^\n]*\n$/],
    ['a flag without its value', ['run', '--limit'], /'--limit <servers...>' argument missing/],
    ['no verb: the help', [], /^Benchmark every server .*\nUsage: fleetmark/s],
  ];
  test.each(cases)('%s', async (_what, args, words) => {
    const { exitCode, message } = await refusal(args);
    expect(message).toMatch(words);
    expect(exitCode).toBe(2);
  });

  test('without a configuration, no verb: how to begin', async () => {
    const empty = temporaryFolder('begin');
    const { exitCode, stdout, stderr } = await startFleetmark(empty, [], { FLEETMARK_CONFIG: '' }).ended;
    expect(stderr).toMatch(
      /^There is no fleetmark\.yaml here\. To begin:\n {2}fleetmark demo .*\n {2}fleetmark check -i /
    );
    expect(stderr).toMatch(/\nAll commands: fleetmark --help\n$/);
    expect([exitCode, stdout]).toEqual([2, '']);
  });
});

describe('a machine that only starts runs of remote workers', () => {
  const env = { TEMPORAL_ADDRESS: '127.0.0.1:1', FLEETMARK_CONFIG: '' };

  test.each([
    ...[['report'], ['runs'], ['history', 'web-1'], ['compare', 'last-1', 'last'], ['retry'], ['open', '--html']],
  ])('without fleetmark.yaml, %s says which line of it names the results', async (...args) => {
    const { exitCode, message } = await refusal(args, env);
    expect(message).toMatch(
      /^fleetmark: fleetmark\.yaml does not exist in \S+, so it is not known where the workers keep their results\nCreate it with the store: of .*"store: postgres:\/\/user@host\/database"/
    );
    expect(message).not.toContain('demo');
    expect(exitCode).toBe(2);
  });

  test.each([[['baseline']], [['servers']], [['worker']], [[]]])(
    'without fleetmark.yaml, %j names commands that need none, and none that is refused',
    async (args) => {
      const { exitCode, message } = await refusal(args, env);
      expect(message).toMatch(
        /The workers at 127\.0\.0\.1:1 have a configuration of their own\. .*\n {2}fleetmark check /
      );
      expect(message).not.toMatch(/demo|-i /);
      expect(exitCode).toBe(2);
    }
  );
});

describe.skipIf(skipsWithoutSshd())(
  'an invalid configuration is reported with file and line, and nothing starts',
  () => {
    const ssh = (more: string): string => `ssh: { user: bench, key: id, ${more} }`;
    const burn = (pattern: string): string =>
      `benchmarks: { burn: { command: x, metrics: { score: { pattern: '${pattern}', unit: points, better: higher } } } }`;
    const cases: [string, string[], string[], RegExp][] = [
      ['an unknown key', [servers, 'maxparallel: 3'], [], /fleetmark\.yaml:2:1: .*maxparallel.*maxParallel/],
      ['a wrong type', [servers, 'maxParallel: many'], [], /fleetmark\.yaml:2:14: .*maxParallel/],
      ['an impossible number', [servers, 'maxParallel: -1'], [], /fleetmark\.yaml:2:14: .*maxParallel/],
      ['an impossible port', ['servers: { a: { host: b, port: 70000 } }'], [], /fleetmark\.yaml:1:32: .*port/],
      ['an empty server list', ['servers: {}'], [], /fleetmark\.yaml:1:\d+: .*server/],
      ['no YAML at all', ['servers: { a: '], [], /fleetmark\.yaml:\d+:\d+: /],
      ['an unknown server', [servers], ['--limit', 'web-3'], /web-3.*web-\d/s],
      ['a selection that matches nothing', [servers], ['--limit', 'db-*'], /db-\*/],
      ['an unknown benchmark', [servers], ['--benchmarks', 'cpuu'], /cpuu.*cpu/s],
      [
        'a pattern that is not a valid regular expression',
        [servers, burn('score: (')],
        [],
        /fleetmark\.yaml:2:\d+: .*is not a valid regular/,
      ],
      [
        'a missing key file',
        [servers, 'ssh: { user: bench, key: gone }'],
        [],
        /fleetmark\.yaml:2:\d+: .*gone does not exist/,
      ],
      [
        'an unreadable known_hosts',
        [servers, ssh('knownHosts: gone')],
        [],
        /fleetmark\.yaml:2:\d+: .*gone does not exist/,
      ],
      ['a known_hosts that is a folder', [servers, ssh('knownHosts: home')], [], /fleetmark\.yaml:2:\d+: .*home/],
    ];
    test.each(cases)('%s', async (_what, lines, args, words) => {
      configure(...lines);
      const { exitCode, message } = await refusal(['run', ...args]);
      expect(message).toMatch(words);
      expect(exitCode).toBe(2);
      expect(existsSync(join(folder, 'state'))).toBe(false);
    });

    test('a key that needs a passphrase', async () => {
      generateKey(join(folder, 'locked'), 'ed25519', 'secret');
      configure(servers, 'ssh: { user: bench, key: locked }');
      const { exitCode, message } = await refusal(['run']);
      expect(message).toMatch(/fleetmark\.yaml:2:\d+: .*locked.*passphrase/);
      expect(exitCode).toBe(2);
    });

    test('a missing fleetmark.yaml, for every verb that needs it', async () => {
      for (const verb of ['run', 'up']) {
        const { exitCode, message } = await refusal([verb, '--config', 'elsewhere.yaml']);
        expect(message).toMatch(/^fleetmark: elsewhere\.yaml does not exist in \S+\nTo begin:\n/);
        expect(exitCode).toBe(2);
      }
    });
  }
);

describe('a configured Temporal', () => {
  test('that does not answer', async () => {
    const TEMPORAL_ADDRESS = `127.0.0.1:${await freePort()}`;
    configure(servers);
    for (const verb of ['run', 'worker', 'cancel']) {
      const { exitCode, message } = await refusal([verb], { TEMPORAL_ADDRESS });
      expect(message).toContain(`fleetmark: no Temporal answers at ${TEMPORAL_ADDRESS} (connection refused): start it`);
      expect(exitCode).toBe(2);
    }
  });

  test('with unreadable settings', async () => {
    writeFileSync(join(folder, 'temporal.toml'), '[profile');
    configure(servers);
    const { exitCode, message } = await refusal(['run'], { TEMPORAL_CONFIG_FILE: join(folder, 'temporal.toml') });
    expect(message).toMatch(/^fleetmark: the Temporal settings cannot be read: /);
    expect(exitCode).toBe(2);
  });

  test('is required for a worker', async () => {
    configure(servers);
    const { exitCode, message } = await refusal(['worker']);
    expect(message).toMatch(/^fleetmark: no Temporal is configured: set TEMPORAL_ADDRESS/);
    expect(exitCode).toBe(2);
  });
});

describe.skipIf(temporalCli === null && process.env['CI'] !== 'true')('the embedded Temporal', () => {
  test('has no run to cancel or to resume, and ends again', async () => {
    configure(servers);
    const nothing: [string[], RegExp][] = [
      [['cancel'], /fleetmark: no run is running\n$/],
      [['cancel', 'fleet-1'], /fleetmark: fleet-1 is not running\n$/],
      [
        ['run', '--resume'],
        /fleetmark: there is no unfinished run to resume; the report of one that has ended: fleetmark report\n$/,
      ],
    ];
    for (const [args, words] of nothing) {
      const { exitCode, message } = await refusal(args);
      expect(message).toMatch(words);
      expect(exitCode).toBe(2);
    }
    expect(existsSync(join(folder, 'state', 'temporal.lock.json'))).toBe(false);
  });

  test('cannot start from a broken database, and says so', async () => {
    configure(servers);
    mkdirSync(join(folder, 'state'));
    writeFileSync(join(folder, 'state', 'temporal.db'), 'no database '.repeat(1000));
    const { exitCode, message } = await refusal(['run']);
    expect(message).toMatch(/fleetmark: The Temporal server of .*temporal\.db\) ended with status \d+: /);
    expect(exitCode).toBe(2);
  });

  test('is not started for a command that it cannot run', async () => {
    configure(servers);
    const never: [string[], RegExp][] = [
      [['run', '--detach'], /^fleetmark: --detach needs a Temporal that keeps running: start `fleetmark up`/],
      [
        ['run', '--resume', '--limit', 'web-1', '--note', 'x'],
        /^fleetmark: --resume keeps the options of the original run: remove --limit, --note\n$/,
      ],
      [['run', '--resume', '--max-parallel', '2'], /remove --max-parallel\n$/],
      [['run', '--resume', '--benchmarks', 'cpu', '--detach'], /remove --benchmarks, --detach\n$/],
    ];
    for (const [args, words] of never) {
      const { exitCode, message } = await refusal(args);
      expect(message).toMatch(words);
      expect(exitCode).toBe(2);
    }
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  test('without a usable state folder fails immediately, and says so', async () => {
    configure(servers);
    for (const FLEETMARK_STATE of [join(folder, 'key'), join(folder, 'key', 'state'), '/proc/fleetmark/state']) {
      const { exitCode, message } = await refusal(['run'], { FLEETMARK_STATE });
      expect(message).toMatch(/^fleetmark: The state folder \S+ cannot be used: .*; set FLEETMARK_STATE to .*\n$/);
      expect(exitCode).toBe(2);
    }
  });

  test('with an invalid TEMPORAL_CLI fails', async () => {
    configure(servers);
    const { exitCode, message } = await refusal(['run'], { TEMPORAL_CLI: join(folder, 'key') });
    expect(message).toMatch(/fleetmark: TEMPORAL_CLI names .*key, which is not an executable file/);
    expect(exitCode).toBe(2);
    expect(readFileSync(join(folder, 'key'), 'utf8')).toBe('not looked at');
  });
});

describe.skipIf(temporalCli === null && process.env['CI'] !== 'true')('an external Temporal', () => {
  let temporal: TestWorkflowEnvironment;
  beforeAll(async () => (temporal = await startTemporal()));
  afterAll(async () => temporal?.teardown());

  test('without a worker: nothing is started, and the message says how to start one', async () => {
    configure(servers);
    const { exitCode, message } = await refusal(['run', '--yes'], { TEMPORAL_ADDRESS: temporal.address });
    expect(message).toContain(
      `fleetmark: nothing was started: no worker polls the task queue fleetmark at ${temporal.address}`
    );
    expect(message).toContain(`TEMPORAL_ADDRESS=${temporal.address} fleetmark worker --config fleetmark.yaml`);
    expect(exitCode).toBe(2);
    const { count } = await temporal.client.workflow.count();
    expect(count).toBe(0);
  });

  test('without a worker: a schedule is created, and what is not checked is said', async () => {
    configure(servers);
    const env = { TEMPORAL_ADDRESS: temporal.address };
    const create = ['schedule', 'create', 'nightly', '--cron', '@daily', '--limit', 'web-9'];
    const { exitCode, stderr } = await startFleetmark(folder, create, env).ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('The servers and benchmarks are not checked: no worker polls the task queue'),
    });
    const triggered = await startFleetmark(folder, ['schedule', 'trigger', 'nightly'], env).ended;
    expect(triggered.stderr).toContain('The run waits: no worker polls the task queue fleetmark');
    await temporal.client.workflow.getHandle(triggered.stdout.trim()).terminate();
    const deleted = await startFleetmark(folder, ['schedule', 'delete', 'nightly', '--json'], env).ended;
    expect(JSON.parse(deleted.stdout)).toEqual({ schemaVersion: 1, name: 'nightly', deleted: true });
  });

  test('without the namespace', async () => {
    configure(servers);
    for (const args of [['run', '--yes'], ['worker'], ['cancel']]) {
      const env = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'nowhere' };
      const { exitCode, message } = await refusal(args, env);
      expect(message).toMatch(/^fleetmark: .*nowhere/);
      expect(exitCode).toBe(2);
    }
  });
});
