import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { skipsWithoutSshd, startSshds, type Sshd } from '../support/sshd.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import { startFleetmark, type Ended, type Running } from './command-line.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { processesWith } from '../support/processes.ts';
import { writeFleetmarkYaml, type Settings } from '../support/fleetmark-yaml.ts';

/** Real sshds on addresses of this machine as servers, and a folder for all files of their runs. */
export interface Fleet {
  /** `web-1`, `web-2`, ... */
  serverIds: string[];
  addressOf(serverId: string): string;
  sshd: Sshd;
  folder: string;
  /** The path of a file in the folder. */
  file(name: string): string;
  /** Writes `fleetmark.yaml`, which includes the servers and their connections. */
  configure(settings: Settings): void;
  start(...args: string[]): Running;
  /** Runs `fleetmark run --yes --json` until it ends. @throws Error if it printed no report */
  run(...args: string[]): Promise<Ended & { report: FleetReport }>;
  /** Lines of the worker's log. */
  log(): Record<string, unknown>[];
  /** Throws if a process of the fleet still runs. */
  stop(): Promise<void>;
}

/** For `describe.skipIf`. If `CI` is `true`, nothing is skipped and a missing program fails the tests. */
export function skipsWithout(...programs: string[]): boolean {
  if (process.env['CI'] === 'true') return false;
  return skipsWithoutSshd() || temporalCli === null || !programs.every(isInstalled);
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/**
 * @param sshdConfig lines of sshd_config
 * @param through a program, with its arguments, that finally runs sshd
 */
export async function startFleet(size: number, sshdConfig: string[] = [], through: string[] = []): Promise<Fleet> {
  const numbers = Array.from({ length: size }, (_, index) => index + 1);
  const addresses = new Map(numbers.map((number) => [`web-${number}`, `127.0.1.${number}`]));
  const sshd = await startSshds([...addresses.values()], { config: sshdConfig, through });
  const folder = temporaryFolder('end-to-end');
  mkdirSync(join(folder, 'home'));
  const file = (name: string): string => join(folder, name);
  const started: Running[] = [];
  const start = (...args: string[]): Running => {
    const running = startFleetmark(folder, args);
    started.push(running);
    return running;
  };

  return {
    serverIds: [...addresses.keys()],
    addressOf: (serverId) => addresses.get(serverId)!,
    ...{ sshd, folder, file, start },
    configure({ servers, ssh, ...settings }) {
      const own = [...addresses].map(([serverId, host]) => [serverId, { host, port: sshd.port }]);
      writeFleetmarkYaml(file('fleetmark.yaml'), {
        servers: { ...Object.fromEntries(own), ...servers },
        ssh: { user: sshd.user, key: sshd.keyFile, knownHosts: sshd.knownHostsFile, giveUpAfter: '0s', ...ssh },
        ...settings,
      });
    },
    async run(...args) {
      const ended = await start('run', '--yes', '--json', ...args).ended;
      if (ended.stdout === '') throw new Error(`no report: ${ended.stderr}`);
      return { ...ended, report: JSON.parse(ended.stdout) as FleetReport };
    },
    log: () =>
      readFileSync(file('state/fleetmark.log'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async stop() {
      for (const { process } of started) process.kill('SIGKILL'); // a process that has ended ignores it
      await Promise.all(started.map(({ ended }) => ended));
      await sshd.stop();
      const left = [...processesWith(folder), ...processesWith(sshd.dir)];
      if (left.length > 0) throw new Error(`these still run: ${left.join(', ')}`);
    },
  };
}
