import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellCommand } from '../../src/domain/jobs/shell.ts';
import { startFleetmark } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { startPty } from './pty.ts';
import { startUp, type Up } from './up.ts';
import { builtProgram } from '../support/built-program.ts';
import { generateKey } from '../support/sshd.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { junitProblems } from '../support/xmllint.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';

const root = join(import.meta.dirname, '..', '..');

describe('before any work', () => {
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder('command-line');
    generateKey(join(folder, 'key'));
  });

  /** The packages that a command line loads, also in the files that the build puts them into, and its exit. */
  function load(...args: string[]) {
    const record = join(folder, 'imports');
    writeFileSync(record, '');
    // Runs in the thread of the module hooks, which sees every import.
    const hook = `
      import { appendFileSync } from 'node:fs';
      export async function resolve(specifier, context, next) {
        const resolved = await next(specifier, context);
        appendFileSync(${JSON.stringify(record)}, resolved.url + '\\n');
        return resolved;
      }`;
    const register = `
      import { register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));`;
    const hooks = ['--import', `data:text/javascript,${encodeURIComponent(register)}`];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...hooks, builtProgram('client'), ...args], {
      ...{
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, HOME: folder, FLEETMARK_CONFIG: join(folder, 'none.yaml') },
      },
    });
    const urls = readFileSync(record, 'utf8').split('\n');
    const ours = urls.filter((url) =>
      url.startsWith(pathToFileURL(realpathSync(dirname(builtProgram('client')))).href)
    );
    const texts = [...urls, ...ours.map((url) => readFileSync(fileURLToPath(url), 'utf8'))];
    const names = texts.flatMap((text) => [
      ...text.matchAll(/^(?:file:|\s*\/\/ )(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/gm),
    ]);
    return { status, stdout, stderr, packages: new Set(names.map(([, name]) => name)) };
  }
  const slowModules = [
    '@temporalio/client',
    '@temporalio/worker',
    '@temporalio/envconfig',
    '@temporalio/common',
    'zod',
    'yaml',
    'ssh2',
    'pino',
  ];

  test.each([
    ['--help', 0],
    ['run --help', 0],
    ['--version', 0],
    ['', 2],
    ['rnu', 2],
    ['run --nonsense', 2],
    ['run --max-parallel 0', 2],
  ])('`fleetmark %s` exits with %i and loads no slow module', (line, code) => {
    const { status, packages } = load(...line.split(' ').filter((word) => word !== ''));
    expect(status).toBe(code);
    expect(packages).toContain('commander');
    expect([...packages].filter((name) => slowModules.includes(name!) || name!.startsWith('@temporalio'))).toEqual([]);
  });

  test.each([['plan'], ['servers'], ['benchmarks'], ['check --config-only']])(
    '`fleetmark %s` reads the configuration and loads nothing of Temporal',
    (line) => {
      writeFileSync(join(folder, 'fleetmark.yaml'), 'servers: { web-1: }\nssh: { user: bench, key: key }\n');
      const args = [...line.split(' '), '--config', join(folder, 'fleetmark.yaml')];
      const { status, stdout, stderr, packages } = load(...args);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).not.toBe('');
      expect(packages).toContain('yaml');
      expect([...packages].filter((name) => name!.startsWith('@temporalio'))).toEqual([]);
    }
  );

  test('check --config-only reports errors with their location, exits with 2, and starts nothing', async () => {
    const file = join(folder, 'fleetmark.yaml');
    writeFileSync(file, 'servers: { web-1: }\nssh: { user: bench, key: key }\nmaxParalel: 3\n');
    const wrong = await startFleetmark(folder, ['check', '--config-only']).ended;
    expect([wrong.exitCode, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toMatch(/fleetmark\.yaml:3:1: maxParalel: unknown key; did you mean "maxParallel"\?/);
    writeFileSync(file, 'servers: { web-1: }\nssh: { user: bench, key: key }\n');
    const right = await startFleetmark(folder, ['check', '--config-only']).ended;
    expect(right).toEqual({
      ...{ exitCode: 0, stderr: '' },
      stdout: `${file}: 1 server, 1 class, 2 benchmarks: valid\n`,
    });
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  test.each([['run'], ['check']])('`fleetmark %s` refuses a configuration before it loads the SDK', (verb) => {
    const { stderr, packages, status } = load(verb);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^Getting ready \.\.\.\nfleetmark: .*none\.yaml does not exist/);
    expect(packages).toContain('commander');
    expect([...packages].filter((name) => name!.startsWith('@temporalio'))).toEqual([]);
  });

  test('the first output of `fleetmark worker` comes before slow modules are loaded', () => {
    const { stderr, packages } = load('worker');
    expect(stderr).toMatch(/^Getting ready \.\.\.\n/);
    expect(packages).toContain('@temporalio/client'); // proves that the tests above record the imports
  });

  test('--help and --version go to standard output', async () => {
    const help = await startFleetmark(folder, ['--help']).ended;
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Benchmark every server.*\nExamples:\n.*\nUsage: fleetmark .*Exit codes:/s);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    const printed = await startFleetmark(folder, ['--version']).ended;
    expect(printed).toEqual({ exitCode: 0, stdout: `${version} (node ${process.versions.node})\n`, stderr: '' });
  });

  function shell(tail: string) {
    const command = shellCommand([process.execPath, builtProgram('client'), '--help']);
    const script = `set -o pipefail; ${command} ${tail}`;
    return spawnSync('bash', ['-c', script], { cwd: root, encoding: 'utf8' });
  }

  test('a closed pipe is not a crash', () => {
    const { stderr, status } = shell('| true');
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('a full disk is reported, and is not a success', () => {
    const { stderr, status } = shell('>/dev/full');
    expect(stderr).toMatch(/^fleetmark: the output could not be written: ENOSPC.*\n$/);
    expect(status).toBe(3);
  });
});

describe.skipIf(skipsWithout())('a run', () => {
  let fleet: Fleet;
  beforeAll(async () => (fleet = await startFleet(3)));
  afterAll(async () => fleet?.stop());

  /** The score of each server is ten times the last number of its address. */
  const benchmarks = {
    cpu: scoreCommand('set -- $SSH_CONNECTION; echo "score: $((${3##*.} * 10))"'),
  };
  const least = (min: number): void => fleet.configure({ benchmarks, expect: { 'cpu.score': { min } } });

  const schema = JSON.parse(readFileSync(join(root, 'schema', 'report.schema.json'), 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

  test('prints each server once on stderr, and the report on stdout', async () => {
    least(20);
    const { exitCode, stdout, stderr } = await fleet.start('run').ended;
    expect(exitCode).toBe(1);
    const printed = stderr.split('\n').filter((line) => line.startsWith('web-'));
    expect(printed.sort()).toEqual([
      'web-1 fail cpu.score 10 of >= 20 points (50 %)',
      'web-2 pass cpu.score 20 points (at the limit)',
      'web-3 pass cpu.score 30 points (50 % to spare)',
    ]);
    expect(stdout).toMatch(/^3 servers in .*: 2 pass, 1 fail, 0 error\n/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('web-1 fail cpu.score 10 of >= 20 points (50 %)');
    expect(stdout + stderr).not.toMatch(/\u001b/);
  });

  test('with --json prints a report of the published schema, and nothing else', async () => {
    least(10);
    const { exitCode, report, stdout } = await fleet.run('--note', 'a note');
    expect(exitCode).toBe(0);
    validate(report);
    expect(validate.errors ?? []).toEqual([]);
    expect(report).toMatchObject({ note: 'a note', requested: 3, counts: { pass: 3 } });
    expect(stdout).toBe(`${JSON.stringify(report, null, 2)}\n`);
  });

  test('writes its report into files, and with - to standard output instead of the text', async () => {
    least(20);
    const [csv, junit] = [fleet.file('report.csv'), fleet.file('report.xml')];
    const run = fleet.start('run', '--export-csv', csv, '--export-junit', junit, '--export-markdown', '-');
    const { exitCode, stdout, stderr } = await run.ended;
    expect(exitCode, stderr).toBe(1);
    expect(stdout).toMatch(
      /^\*\*3 servers\*\*: 2 pass, 1 fail, 0 error\n\n[^]*\n\| web-1 \| fail \| .*\|\n(\nSince fleet-.*\n)?$/
    );
    const servers = readFileSync(csv, 'utf8').trimEnd().split('\r\n').slice(1);
    expect(servers.map((line) => line.split(',')[2])).toEqual(['web-1', 'web-2', 'web-3']);
    expect(await junitProblems(readFileSync(junit, 'utf8'))).toEqual([]);
  });

  test.each([
    [['--export-csv', '/nowhere/report.csv'], 'cannot be written: there is no such file or folder'],
    [['--export-csv', '-', '--json'], 'standard output takes one report: keep one of --json, --export-csv -'],
    [['--export-csv', 'a', '--detach'], '--detach waits for no report: remove --export-csv a'],
  ])('is refused before it starts if its report could not be written: %j', async (args, why) => {
    const { exitCode, stdout, stderr } = await fleet.start('run', ...args).ended;
    expect(stderr).toContain(why);
    expect(stderr).not.toContain('Run fleet-');
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('of which a report could not be written after all prints it, and exits with 3', async () => {
    least(10);
    const folder = fleet.file('vanishing');
    mkdirSync(folder);
    const run = fleet.start('run', '--export-csv', join(folder, 'a.csv'));
    await run.waitFor(/^Run fleet-/m);
    rmdirSync(folder);
    const { exitCode, stdout, stderr } = await run.ended;
    expect(stdout).toMatch(/^3 servers in .*: 3 pass/);
    expect(stderr).toMatch(/--export-csv \S+a\.csv was not written: there is no such file or folder/);
    expect(exitCode).toBe(3);
  });

  describe('on the Temporal of an `up`', () => {
    let up: Up;
    beforeAll(async () => {
      least(10);
      up = await startUp(fleet);
    });
    afterAll(async () => void (await up?.stop()));

    test('with an unreachable server exits with 3', async () => {
      fleet.configure({
        ...{ benchmarks, expect: { 'cpu.score': { min: 10 } } },
        servers: { gone: { host: '127.0.1.1', port: 1 } },
      });
      const { exitCode, report } = await fleet.run();
      expect(report.errored).toEqual(['gone']);
      expect(exitCode).toBe(3);
    });

    test('without expectations measures, offers a baseline, and exits with 3, or with 0 for --measure-only', async () => {
      fleet.configure({ benchmarks: { cpu: scoreCommand('echo "score: 20"') } });
      const { exitCode, stdout, stderr } = await fleet.start('run').ended;
      expect(stderr.match(/^Nothing was judged, because nothing is expected of what was measured: .*$/gm)).toHaveLength(
        1
      );
      expect(stdout).toMatch(/\nTo use this run as the baseline: fleetmark baseline fleet-\d{8}-\d{6}\n$/);
      expect(exitCode).toBe(3);
      const asked = await fleet.start('run', '--measure-only').ended;
      expect(asked.exitCode).toBe(0);
      expect(asked.stderr).not.toContain('Nothing was judged');
      fleet.configure({ benchmarks });
      const apart = (await fleet.start('run').ended).stdout;
      expect(apart).toContain('This run cannot serve as a baseline.');
      expect(apart).toMatch(/from web-1 10 to web-3 30 points\n/);
      least(20);
      const { exitCode: code, report } = await fleet.run('--measure-only');
      expect(report.counts).toMatchObject({ measured: 3, fail: 0 });
      expect(code).toBe(0);
    });
  });

  describe('on a terminal', () => {
    test('asks before it loads every server; Enter means no', async () => {
      least(10);
      const terminal = startPty(fleet, 'run');
      await terminal.shows(/This will load 3 servers with cpu, at most 5 in parallel\. Continue\? \[y\/N\] /);
      terminal.type('\r');
      const { exitCode, shown } = await terminal.ended;
      expect(shown).toContain('fleetmark: nothing was started');
      expect(shown).not.toContain('Temporal at');
      expect(exitCode).toBe(2);
    });

    test('continues with y, and shows the running servers', async () => {
      least(10);
      const terminal = startPty(fleet, 'run');
      await terminal.shows(/\[y\/N\] /);
      terminal.type('y\r');
      const { exitCode, shown } = await terminal.ended;
      expect(shown).toMatch(/of 3 servers done|selecting servers/);
      expect(shown).toMatch(/\u001b\[32mpass/); // green
      expect(shown).toMatch(/3 servers in .*: 3 pass/);
      expect(exitCode).toBe(0);
    });

    test('does not ask with --limit, and shows no colour with NO_COLOR', async () => {
      least(10);
      const terminal = startPty(fleet, 'run --limit web-2', { NO_COLOR: '1' });
      const { exitCode, shown } = await terminal.ended;
      expect(shown).not.toContain('[y/N]');
      expect(shown).toContain('web-2 pass cpu.score 20 points');
      expect(shown).not.toMatch(/\u001b\[[0-9;]*m/);
      expect(exitCode).toBe(0);
    });

    test('Ctrl-C at the question exits as interrupted, and nothing was started', async () => {
      least(10);
      const terminal = startPty(fleet, 'run');
      await terminal.shows(/\[y\/N\] /);
      terminal.type('\u0003');
      const { exitCode, shown } = await terminal.ended;
      expect(shown).toContain('fleetmark: nothing was started');
      expect(exitCode).toBe(130);
    });
  });
});
