import { Ajv2020 } from 'ajv/dist/2020.js';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { catalogue, kindsOf } from '../../src/benchmarks/catalogue.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { startOwnNetwork, type OwnNetwork } from '../support/own-network.ts';
import { eventually } from '../support/processes.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import type { Ended } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { pageAt } from './page.ts';
import { type as typeInto, type Typed } from './shell.ts';
import { readConfiguration } from '../support/read-configuration.ts';
import { quietOff } from '../support/fleetmark-yaml.ts';
import { bareEnvironment } from '../support/environment.ts';

const readme = pageAt('README.md');
const root = join(import.meta.dirname, '..', '..');
const ciScript = readFileSync(join(root, '.ci', 'run'), 'utf8');

test('the first command comes before line 25, and the page is no longer than 220 lines', () => {
  const lines = readme.text.split('\n');
  expect(lines.indexOf('```sh')).toBeLessThan(24);
  expect(lines.length - 1).toBeLessThanOrEqual(220);
});

test('the five files of the reading order have under 600 lines together, and show the call of judge', () => {
  const [, sentence] = /^The whole idea in five files.*?:(.*?)\n\n/ms.exec(readme.text)!;
  const files = [...sentence!.matchAll(/`(src\/\S+\.ts)`/g)].map(([, file]) => file!);
  expect(files).toHaveLength(5);
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8'));
  expect(texts.flatMap((text) => text.trimEnd().split('\n')).length).toBeLessThan(600);
  expect(texts.filter((text) => /(?<!function )\bjudge\(/.test(text))).toHaveLength(1);
});

test('the folder table has every folder, below the folders that it may import from', async () => {
  const { default: cruiser } = (await import(join(root, '.dependency-cruiser.js'))) as {
    default: { forbidden: { comment: string }[] };
  };
  const rows = [...readme.text.matchAll(/^\| (`src\/.*?`) +\|/gm)].map(([, names]) =>
    [...names!.matchAll(/`(?:src\/)?([\w-]+)`/g)].map(([, name]) => name!)
  );
  const rowOf = (folder: string): number => rows.findIndex((names) => names.includes(folder));
  const rules = cruiser.forbidden.flatMap(({ comment }) => {
    const [, folder, allowed] = /^src\/([\w-]+) may import from (.*)\.$/.exec(comment) ?? [];
    return folder === undefined ? [] : [{ folder, allowed: allowed === 'nothing else' ? [] : allowed!.split(', ') }];
  });
  expect(rules.map(({ folder }) => folder).sort()).toEqual(rows.flat().sort());
  for (const { folder, allowed } of rules) {
    for (const name of allowed) expect([folder, name, rowOf(name) <= rowOf(folder)]).toEqual([folder, name, true]);
  }
});

describe.skipIf(skipsWithout('sysbench', 'git', 'npm'))('the commands of the README, one after another', () => {
  let fleet: Fleet;
  let env: NodeJS.ProcessEnv;
  /** The commands name the default ports of Temporal, which other tests use too. */
  let network: OwnNetwork;
  const inBackground: Typed[] = [];
  const clone = (...path: string[]): string => join(fleet.folder, 'fleetmark', ...path);

  beforeAll(async () => {
    network = await startOwnNetwork();
    fleet = await startFleet(2, [], network.through);
    env = environmentOf(fleet);
  });
  afterAll(async () => {
    for (const typed of inBackground.splice(0).reverse()) await typed.ctrlC();
    await fleet?.stop();
    network?.remove();
  });

  const run = (command: string, cwd = clone()): Promise<Ended> => typeInto(command, cwd, env, network.through).ended;
  const stay = async (command: string, pattern: RegExp): Promise<void> => {
    const typed = typeInto(command, clone(), env, network.through);
    inBackground.push(typed);
    await typed.waitFor(pattern);
  };

  /** The speed of this machine decides between these, so the test only requires that the run ends. */
  const judged = expect.toBeOneOf([0, 1, 3]) as number;
  const runsOn = (servers: string) => async (command: string) => {
    const { exitCode, stdout } = await run(command);
    expect(stdout).toContain(`${servers} in `);
    expect(exitCode).toEqual(judged);
  };
  const succeeds = async (command: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(command);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
    return stdout;
  };
  const isRunByCi = async (command: string): Promise<void> => {
    expect(ciScript.replaceAll(' -s', '')).toContain(command);
  };

  const runners: Record<string, (command: string) => Promise<unknown>> = {
    'git clone URL fleetmark && cd fleetmark && npm run demo': async (command) => {
      const linked = `ln -s ${join(root, 'node_modules')} fleetmark/node_modules`;
      const typed = command.replace('URL fleetmark', `${repositoryOfWorkingTree(fleet)} fleetmark && ${linked}`);
      const { exitCode, stdout, stderr } = await run(typed, fleet.folder);
      expect(stderr).not.toContain('; measured by node');
      if (stderr.includes('Now the whole fleet')) {
        expect(stdout).toMatch(/^6 servers in /m);
        expect(stdout).toMatch(/^demo-unreachable +error +ServerUnreachable: /m);
      }
      const isTooBusy = stderr.includes('This machine is doing other work: ');
      expect(exitCode).toBe(isTooBusy ? 3 : stderr.includes('As expected: demo-slow is slow') ? 0 : 1);
    },
    'npm run -s fleetmark -- check': async (command) => {
      writeFileSync(clone('fleetmark.yaml'), configurationOfReadme(fleet));
      expect(await succeeds(command)).toMatch(/^2 servers checked in .* 2 ready$/m);
    },
    'npm run -s fleetmark -- run --measure-only': async (command) => {
      expect(await succeeds(command)).toMatch(/^2 servers in .* 2 measured$/m);
    },
    'npm run -s fleetmark -- baseline --least 2': async (command) => {
      const before = readFileSync(clone('fleetmark.yaml'), 'utf8');
      const { exitCode, stderr } = await run(command);
      // Two servers on one machine, next to other tests.
      if (exitCode !== 0) {
        expect(stderr).toContain('contradict each other');
        const wider = await run(`${command} --max-tolerance 50%`);
        if (wider.exitCode !== 0) return expect(wider.stderr).toContain('contradict each other');
      }
      const written = readFileSync(clone('fleetmark.yaml'), 'utf8');
      expect(written.startsWith(before)).toBe(true);
      expect(written).toMatch(/^ {4}cpu\.events_per_second: \{ reference: .* \} # 2 servers, 1 run, /m);
    },
    'npm run -s fleetmark -- run': runsOn('2 servers'),
    "npm run -s fleetmark -- run --limit 'web-*' '!web-2' --benchmarks cpu --note 'after the move'": runsOn('1 server'),
    'npm run -s fleetmark -- run --json > report.json': async (command) => {
      expect((await run(command)).exitCode).toEqual(judged);
      const report = JSON.parse(readFileSync(clone('report.json'), 'utf8')) as FleetReport;
      const schema = JSON.parse(readFileSync(join(root, 'schema', 'report.schema.json'), 'utf8')) as object;
      expect(new Ajv2020({ strict: false, validateFormats: false }).validate(schema, report)).toBe(true);
      expect(report.servers.map(({ serverId }) => serverId)).toEqual(['web-1', 'web-2']);
    },
    [`grep '"serverId":"web-1"' ~/.local/state/fleetmark/fleetmark.log`]: async (command) => {
      const lines = (await succeeds(command)).trimEnd().split('\n');
      expect(lines.filter((line) => line.includes('"ssh2":')).length).toBeGreaterThan(0);
      expect(lines.filter((line) => line.includes('web-2'))).toEqual([]);
    },
    'npm run demo -- --keep': (command) =>
      stay(command, /^Staying up: Temporal at 127\.0\.0\.1:7233, Web UI at http:\/\/127\.0\.0\.1:8233\./m),
    [`temporal workflow start --type benchmarkFleet --task-queue fleetmark --workflow-id by-hand --input '{"limit":["demo-1","demo-2"]}'`]:
      succeeds,
    'temporal workflow result --workflow-id by-hand': async (command) => {
      expect(await succeeds(command)).toMatch(/"requested": ?2/);
    },
    'temporal workflow execute --type benchmarkFleet --task-queue fleetmark': async (command) => {
      expect(await succeeds(command)).toMatch(/"errored": ?\[[^\]]*"demo-unreachable"/);
    },
    [`temporal workflow execute --type benchmarkServer --task-queue fleetmark --input '{"serverId":"demo-1"}'`]: async (
      command
    ) => {
      const { exitCode, stdout, stderr } = await run(command);
      expect(stdout + stderr).toMatch(/cpu\.events_per_second/);
      expect(exitCode).toBeOneOf([0, 1]);
    },
    [`temporal schedule create --schedule-id nightly --cron '0 2 * * *' --workflow-id fleet --type benchmarkFleet --task-queue fleetmark --input '{"note":"nightly"}'`]:
      succeeds,
    'temporal schedule trigger --schedule-id nightly': async (command) => {
      await succeeds(command);
      const list = `temporal workflow list --query "TemporalScheduledById = 'nightly'" --output json`;
      const workflowId = await eventually(
        async () => /"workflowId": "(fleet-[^"]+)"/.exec(await succeeds(list))?.[1],
        (found) => found !== undefined
      );
      expect(await succeeds(`temporal workflow result --workflow-id ${workflowId}`)).toMatch(/"note": ?"nightly"/);
    },
    'temporal schedule describe --schedule-id nightly': async (command) => {
      expect(await succeeds(command)).toContain('benchmarkFleet');
    },
    'temporal schedule delete --schedule-id nightly': succeeds,
    'temporal server start-dev --db-filename temporal.db': async (command) => {
      await inBackground.pop()!.ctrlC(); // the demo, whose Temporal uses the ports
      await stay(command, /Server: +(localhost|127\.0\.0\.1):7233/);
    },
    'TEMPORAL_ADDRESS=127.0.0.1:7233 npm run -s worker': (command) => stay(command, /^Worker of /m),
    'TEMPORAL_ADDRESS=127.0.0.1:7233 npm run -s fleetmark -- run --limit web-1': runsOn('1 server'),
    'docker compose up -d --build': async () => {
      // Building an image needs a registry. Without the plugin, test/frame/compose.test.ts reads the file instead.
      const { exitCode } = await run('docker compose version');
      if (exitCode === 0) await succeeds('docker compose config --quiet');
    },
    'npm run check': isRunByCi,
    'npm test': isRunByCi,
  };

  test.each(readme.commands)('%s', async (command) => {
    const runner = runners[command];
    if (runner === undefined) throw new Error(`Nothing runs this command of README.md: ${command}`);
    await runner(command);
  });

  test('no runner is left behind', () => {
    expect(Object.keys(runners)).toEqual(readme.commands);
  });

  test.each(readme.blocksOf('yaml'))('this is a configuration: %s', async (block) => {
    const { keyFile, user } = fleet.sshd;
    const text = { servers: { a: null }, ...(parse(block) as object), ssh: { key: keyFile, user, agent: false } };
    const file = fleet.file('block.yaml');
    writeFileSync(file, stringify(text));
    await expect(
      readConfiguration(file, {
        ...{ kinds: kindsOf(catalogue), checkKeys: async () => {}, home: homedir(), env: {} },
      })
    ).resolves.toMatchObject({ file });
  });
});

/** The environment of a user: `temporal` on the PATH, a key and a known_hosts file. */
function environmentOf({ folder, sshd }: Fleet): NodeJS.ProcessEnv {
  const home = join(folder, 'home');
  const programs = join(folder, 'programs');
  mkdirSync(join(home, '.ssh'));
  cpSync(sshd.keyFile, join(home, '.ssh', 'id_ed25519'));
  cpSync(sshd.knownHostsFile, join(home, '.ssh', 'known_hosts'));
  mkdirSync(programs);
  symlinkSync(temporalCli!, join(programs, 'temporal'));
  return bareEnvironment({ NO_COLOR: '1', HOME: home, PATH: `${programs}:${process.env['PATH']}` });
}

/** A git repository with the working tree, including uncommitted files. */
function repositoryOfWorkingTree({ folder }: Fleet): string {
  const origin = join(folder, 'origin');
  const isLeftOut = (path: string): boolean => ['node_modules', 'dist', 'coverage', '.git'].includes(basename(path));
  cpSync(root, origin, { recursive: true, filter: (path) => !isLeftOut(path) });
  const git = (...args: string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], { cwd: origin });
  git('init', '-q');
  git('add', '--all');
  git('commit', '-q', '-m', 'working tree');
  return origin;
}

/** The first configuration of the page, with servers that exist and short samples. */
function configurationOfReadme({ addressOf, sshd: { port, user } }: Fleet): string {
  const substitutions: [string, string][] = [
    ['host: 10.0.0.11', `host: ${addressOf('web-1')}, port: ${port}`],
    ['host: 10.0.0.12', `host: ${addressOf('web-2')}, port: ${port}`],
    ['user: bench', `user: ${user}`],
    ['duration: 10s', 'duration: 1s'],
  ];
  const configuration = substitutions.reduce((text, [before, after]) => {
    expect(text.split(before)).toHaveLength(2);
    return text.replace(before, after);
  }, readme.blocksOf('yaml')[0]!);
  return `${configuration}quiet: ${JSON.stringify(quietOff)}\n`;
}
