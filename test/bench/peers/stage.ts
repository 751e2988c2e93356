/** The files of one run: the command for the servers, what it records, and the configurations of those who start it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sshd } from '../../support/sshd.ts';
import { scoreCommand, writeFleetmarkYaml } from '../../support/fleetmark-yaml.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { idealSeconds, type Work } from './works.ts';

export interface Stage {
  folder: string;
  maxParallel: number;
  expectedCommands: number;
  timeoutMs: number;
  sshd: Sshd;
  /** The command lines of the two benchmarks: the same on every server. */
  commands: [string, string];
  /** An address in each line. */
  hostsFile: string;
  sshConfig: string;
  fleetmarkYaml: string;
  /** In which the commands record their starts and ends. */
  record: string;
  /** What the peer prints. */
  output: string;
}

export function setStage(work: Work, addresses: readonly string[], sshd: Sshd): Stage {
  const folder = temporaryFolder('peer');
  const hosts = addresses.slice(0, work.servers);
  const stage: Stage = {
    ...{ folder, sshd, maxParallel: work.maxParallel },
    expectedCommands: 2 * hosts.length,
    timeoutMs: (2 * idealSeconds(work) + 120) * 1000,
    commands: [`sh ${folder}/measure 1`, `sh ${folder}/measure 2`],
    hostsFile: join(folder, 'hosts'),
    sshConfig: join(folder, 'ssh_config'),
    fleetmarkYaml: join(folder, 'fleetmark.yaml'),
    record: join(folder, 'record'),
    output: join(folder, 'output'),
  };
  writeCommand(folder, work, hosts);
  writeFileSync(stage.hostsFile, `${hosts.join('\n')}\n`);
  writeFileSync(stage.sshConfig, sshConfig(sshd));
  writeConfiguration(stage, hosts);
  return stage;
}

/** The command only sleeps and prints a score. It records its start and end, so the concurrency is measured. */
function writeCommand(folder: string, { seconds }: Work, hosts: readonly string[]): void {
  mkdirSync(join(folder, 'seconds'));
  hosts.forEach((host, index) =>
    seconds(index).forEach((each, command) =>
      writeFileSync(join(folder, 'seconds', `${host}-${command + 1}`), `${each}\n`)
    )
  );
  const lines = [
    'set -e; address=${SSH_CONNECTION% *}', // without the port
    `read -r seconds <${folder}/seconds/"\${address##* }-$1"`,
    `echo + >>${folder}/record; sleep "$seconds"; echo - >>${folder}/record; echo score: 80`,
  ];
  writeFileSync(join(folder, 'measure'), `${lines.join('\n')}\n`);
}

function sshConfig({ port, user, keyFile, knownHostsFile }: Sshd): string {
  const lines = [
    ...['Host *', `Port ${port}`, `User ${user}`, `IdentityFile ${keyFile}`, 'IdentitiesOnly yes', 'BatchMode yes'],
    ...[`UserKnownHostsFile ${knownHostsFile}`, 'StrictHostKeyChecking yes'],
  ];
  return `${lines.join('\n')}\n`;
}

function writeConfiguration({ fleetmarkYaml, maxParallel, sshd, commands }: Stage, hosts: readonly string[]): void {
  const { port, user, keyFile: key, knownHostsFile: knownHosts } = sshd;
  writeFleetmarkYaml(fleetmarkYaml, {
    servers: Object.fromEntries(hosts.map((host, index) => [`server-${index + 1}`, { host, port }])),
    ssh: { user, key, knownHosts },
    maxParallel,
    benchmarks: { cpu: scoreCommand(commands[0]), gpu: scoreCommand(commands[1]) },
  });
}
