/** How each peer does a work, as its users start it. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ansibleEnvironment } from '../../../scripts/ansible.mjs';
import { pythonEnvironment } from '../../../scripts/python-environment.mjs';
import { fleetmarkCommand } from '../fleetmark.ts';
import type { Stage } from './stage.ts';

export interface Command {
  /** The program and its arguments. */
  line: string[];
  env?: Record<string, string>;
  /** The folder of the database of its Temporal; only fleetmark has one. */
  temporalState?: string;
  /** Whether the same has run before, unmeasured. */
  isSecond?: true;
}

export const peers: Readonly<Record<string, (stage: Stage) => Command>> = {
  'thread-pool': threadPool,
  xargs,
  pssh,
  'ansible-linear': (stage) => ansible('linear', stage),
  'ansible-free': (stage) => ansible('free', stage),
  fleetmark,
  'fleetmark-again': (stage) => ({ ...fleetmark(stage), isSecond: true }),
};

const HERE = import.meta.dirname;

/** One connection for each server, with a channel for each command. */
function threadPool({ maxParallel, sshd, hostsFile, commands }: Stage): Command {
  const login = ['--port', String(sshd.port), '--user', sshd.user, '--key', sshd.keyFile];
  const options = ['--parallel', String(maxParallel), ...login, '--known-hosts', sshd.knownHostsFile];
  return { line: [inPeers('python'), join(HERE, 'thread-pool.py'), ...options, hostsFile, ...commands] };
}

/** Both commands in one command line over one connection: as fast as ssh can be. */
function xargs({ maxParallel, hostsFile, sshConfig, commands }: Stage): Command {
  const ssh = ['ssh', '-n', '-F', sshConfig, '{}', commands.join(' && ')];
  return { line: ['xargs', '-a', hostsFile, '-P', String(maxParallel), '-I{}', ...ssh] };
}

/** As with xargs. Its default timeout, a minute, is off. */
function pssh({ folder, maxParallel, hostsFile, sshConfig, commands }: Stage): Command {
  const options = ['-h', hostsFile, '-p', String(maxParallel), '-t', '0', '-o', join(folder, 'pssh')];
  const program = [inPeers('python'), join(HERE, 'pssh.py')];
  return { line: [...program, ...options, '-x', `-F ${sshConfig}`, commands.join(' && ')] };
}

/** Two tasks with the module `raw`: the quickest, since it needs no Python on the server. */
function ansible(strategy: string, { folder, maxParallel, hostsFile, sshConfig, commands }: Stage): Command {
  const [playbook, settings] = [join(folder, 'playbook.yml'), join(folder, 'ansible.cfg')];
  const tasks = commands.map((command) => ({ raw: command }));
  writeFileSync(playbook, JSON.stringify([{ hosts: 'all', gather_facts: false, strategy, tasks }])); // JSON is YAML
  writeFileSync(settings, ''); // else the user's
  const program = join(need(ansibleEnvironment(), 'ansible-core'), 'bin', 'ansible-playbook');
  return {
    line: [program, '-i', hostsFile, '-f', String(maxParallel), playbook],
    env: {
      ...{ ANSIBLE_CONFIG: settings, ANSIBLE_HOME: join(folder, 'ansible'), LC_ALL: 'C.UTF-8' },
      ...{ ANSIBLE_SSH_COMMON_ARGS: `-F ${sshConfig}`, ANSIBLE_SSH_CONTROL_PATH_DIR: join(folder, 'cp') },
    },
  };
}

function fleetmark({ folder, fleetmarkYaml }: Stage): Command {
  const args = ['run', '--config', fleetmarkYaml, '--yes', '--json', '--measure-only'];
  const temporalState = join(folder, 'state');
  return { line: [...fleetmarkCommand, ...args], env: { FLEETMARK_STATE: temporalState }, temporalState };
}

function peersEnvironment(): string {
  const packages = { paramiko: '5.1.0', pssh: '2.3.1' };
  const imports = ['-c', 'import paramiko, psshlib'];
  const works = (folder: string) => spawnSync(join(folder, 'bin', 'python'), imports).status === 0;
  return need(pythonEnvironment(packages, works), 'paramiko and pssh');
}

function inPeers(program: string): string {
  return join(peersEnvironment(), 'bin', program);
}

function need(folder: string | null, what: string): string {
  if (folder === null) throw new Error(`${what} cannot be installed: that needs Python 3.11, venv and pip.`);
  return folder;
}
