import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { catalogue, kindsOf } from '../../src/benchmarks/catalogue.ts';
import { builtBin } from '../support/built-program.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import type { Ended } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { pageAt } from './page.ts';
import { type as typeInto } from './shell.ts';
import { readConfiguration } from '../support/read-configuration.ts';
import { quietOff, scoreCommand } from '../support/fleetmark-yaml.ts';
import { bareEnvironment } from '../support/environment.ts';

const page = pageAt('docs/fleet.md');

describe.skipIf(skipsWithout())('the commands of docs/fleet.md, one after another', () => {
  let fleet: Fleet;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    fleet = await startFleet(2);
    env = environmentOf(fleet);
    // The machine that runs the tests is busy, so two real scores of it may contradict each other. Only
    // test/end-to-end/readme.test.ts uses real scores as a baseline, because no other test runs next to it.
    const [quiet, cpu] = [quietOff, scoreCommand('echo score: 100')].map((value) => JSON.stringify(value));
    writeFileSync(fleet.file('fleetmark.yaml'), `inventory: hosts.ini\nquiet: ${quiet}\nbenchmarks: { cpu: ${cpu} }\n`);
    const { serverIds, addressOf, sshd } = fleet;
    const lines = serverIds.map((serverId) => `${serverId} ansible_host=${addressOf(serverId)}`);
    writeFileSync(
      fleet.file('hosts.ini'),
      ['[web]', ...lines, '[web:vars]', `ansible_port=${sshd.port}`, ''].join('\n')
    );
  });
  afterAll(() => fleet?.stop());

  const run = (command: string): Promise<Ended> => typeInto(command, fleet.folder, env).ended;
  const succeeds = async (command: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(command);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
    return stdout;
  };
  const prints = (pattern: RegExp) => async (command: string) => {
    expect(await succeeds(command)).toMatch(pattern);
  };

  const runners: Record<string, (command: string) => Promise<unknown>> = {
    'fleetmark check -i hosts.ini': prints(/^2 servers checked in .* 2 ready$/m),
    'fleetmark plan -i hosts.ini': prints(/\bcpu\b/),
    'fleetmark run -i hosts.ini --measure-only': async (command) => {
      const { stdout, exitCode } = await run(command);
      expect(stdout).toMatch(/^2 servers in .* 2 measured$/m);
      expect(stdout).toContain('fleetmark baseline ');
      expect(exitCode).toBe(0);
    },
    'fleetmark baseline -i hosts.ini --least 2 --diff': prints(/^\+ {4}cpu\.score: /m),
    'fleetmark baseline -i hosts.ini --least 2': async (command) => {
      await succeeds(command);
      const written = readFileSync(fleet.file('fleetmark.yaml'), 'utf8');
      expect(parse(written)).toMatchObject({ inventory: 'hosts.ini', expect: { default: expect.any(Object) } });
    },
    'fleetmark run': async (command) => {
      expect(await succeeds(command)).toMatch(/^2 servers in .* 2 pass\b/m);
    },
    "fleetmark servers --limit '@web'": prints(/^web-1 .*\n(.*\n)*web-2 /m),
    'fleetmark benchmarks': prints(/cpu\.score/),
    'fleetmark check --config-only': prints(/2 servers/),
    'fleetmark runs --limit 5': prints(/ 2 pass +\S+ +fleet-.*\n.* 2 measured /),
    'fleetmark report last-1': prints(/^2 servers in .* 2 measured$/m),
    'fleetmark report --since-last': prints(/^There is no earlier run of the same selection\.$/m),
    'fleetmark history web-1 --since 90d': prints(/^web-1: 2 runs, 1 pass, 1 measured$[^]*^cpu\.score /m),
    'fleetmark compare last-1 last': prints(/^web-1 measured -> pass$[^]*^ {2}cpu\.score, 2 servers: 100 -> 100 /m),
    'fleetmark watch': prints(/^2 servers in .* 2 pass\b/m),
    'fleetmark retry --only fail,error --yes': async (command) => {
      const { stderr, exitCode } = await run(command);
      expect(stderr).toMatch(/^Nothing to retry: no server of fleet-\S+ has the verdict fail, error\.$/m);
      expect(exitCode).toBe(0);
    },
    'fleetmark open --html': prints(/^file:\S+report\.html$/m),
  };

  test.each(page.commands)('%s', async (command) => {
    const runner = runners[command];
    if (runner === undefined) throw new Error(`Nothing runs this command of docs/fleet.md: ${command}`);
    await runner(command);
  });

  test('no runner is left behind', () => {
    expect(Object.keys(runners)).toEqual(page.commands);
  });

  test.each(page.blocksOf('yaml'))('this is a configuration: %s', async (block) => {
    const servers = { a: { groups: ['gpu'] }, b: null };
    const file = fleet.file('block.yaml');
    const ssh = { key: fleet.sshd.keyFile, user: fleet.sshd.user, agent: false };
    writeFileSync(file, stringify({ servers, ...(parse(block) as object), ssh }));
    const surroundings = { kinds: kindsOf(catalogue), checkKeys: async () => {}, home: homedir(), env: {} };
    await expect(readConfiguration(file, surroundings)).resolves.toMatchObject({ file });
  });
});

/** The environment of a user: `fleetmark` on the PATH, a key and a known_hosts file. */
function environmentOf({ folder, sshd }: Fleet): NodeJS.ProcessEnv {
  const home = join(folder, 'home');
  const programs = join(folder, 'programs');
  mkdirSync(join(home, '.ssh'));
  mkdirSync(programs);
  cpSync(sshd.keyFile, join(home, '.ssh', 'id_ed25519'));
  cpSync(sshd.knownHostsFile, join(home, '.ssh', 'known_hosts'));
  symlinkSync(temporalCli!, join(programs, 'temporal'));
  return bareEnvironment({ NO_COLOR: '1', HOME: home, PATH: `${builtBin()}:${programs}:${process.env['PATH']}` });
}
