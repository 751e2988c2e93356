import { join } from 'node:path';
import type { JumpHost, SshSettings } from '../domain/servers/server.ts';
import type { Path, Problem } from '../source/problem.ts';
import type { SshText } from './schema/schema.ts';
import { sshConfigWith } from './ssh-config-file.ts';
import { resolvePath, type Account } from '../source/surroundings.ts';
import { isMissing, whyUnreadable } from '../source/file-errors.ts';
import { readContent } from '../source/parsed-file.ts';
import { pathExists } from '../source/text-file.ts';

/** The defaults for all servers in `ssh:` of `fleetmark.yaml`; null: not set. */
export interface Login {
  user: string | null;
  keyFile: string | null;
  jumps: JumpHost[] | null;
  /** Whether there is no user name: neither a configured one, nor that of the current user. */
  userMissing: boolean;
  /** Whether there is neither a key nor an ssh-agent. */
  keyMissing: boolean;
}

export async function readSshSettings(ssh: SshText, file: string, { home, env, user }: Account) {
  const toAbsolute = (path: string): string => resolvePath(path, file, home);
  const problems: Problem[] = [];
  const agent = (ssh.agent ?? true) ? env['SSH_AUTH_SOCK'] || null : null;
  const agentSocket = typeof ssh.agent === 'string' ? toAbsolute(ssh.agent) : agent;
  if (ssh.agent === true && agentSocket === null) {
    problems.push({ path: ['ssh', 'agent'], message: 'SSH_AUTH_SOCK is not set, so there is no ssh-agent' });
  }
  const knownHostsFiles = [ssh.knownHosts ?? []].flat().map(toAbsolute);
  const config = typeof ssh.config === 'string' ? toAbsolute(ssh.config) : ssh.config;
  problems.push(...(await fileProblems(ssh, knownHostsFiles, config)));
  const { passphrase } = ssh;
  const settings: SshSettings = {
    knownHostsFiles: ssh.knownHosts ? knownHostsFiles : [join(home, '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts'],
    hostKeys: ssh.hostKeys,
    passphrase: passphrase?.file === undefined ? null : { file: toAbsolute(passphrase.file) },
    agentSocket,
    connectTimeoutMs: ssh.connectTimeout,
    giveUpAfterMs: ssh.giveUpAfter,
    answerTimeoutMs: ssh.answerTimeout,
  };
  if (passphrase?.command !== undefined) settings.passphrase = { command: passphrase.command };
  const sshConfig = { file: config, knownHosts: ssh.knownHosts !== undefined, agent: ssh.agent !== undefined };
  const keyFile = ssh.key === undefined ? null : toAbsolute(ssh.key);
  // The ssh configuration may set them, but is only read when a server is connected to.
  const maySet = (await sshConfigWith(config, home, ['User', 'IdentityFile', 'IdentityAgent'])) !== null;
  const login: Login = {
    ...{ user: ssh.user ?? null, keyFile, jumps: ssh.jump ?? null },
    userMissing: !maySet && ssh.user === undefined && user === null,
    keyMissing: !maySet && keyFile === null && agentSocket === null && !(await hasDefaultKey(home)),
  };
  return { settings, sshConfig, login, problems };
}

async function fileProblems(ssh: SshText, knownHosts: string[], config: boolean | string): Promise<Problem[]> {
  const isList = Array.isArray(ssh.knownHosts);
  const files: [path: Path, file: string, isCreated: boolean][] = knownHosts.map((file, index) => {
    return [['ssh', 'knownHosts', ...(isList ? [index] : [])], file, index === 0 && ssh.hostKeys === 'accept-new'];
  });
  if (typeof config === 'string') files.push([['ssh', 'config'], config, false]);
  const problems: Problem[] = [];
  for (const [path, file, isCreated] of files) {
    await readContent(file).catch((error: unknown) => {
      if (!(isCreated && isMissing(error))) problems.push({ path, message: `${file} ${whyUnreadable(error)}` });
    });
  }
  return problems;
}

/** The default keys of ssh, except those of security tokens and DSA. */
export function defaultKeyFiles(home: string): string[] {
  return ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(home, '.ssh', name));
}

async function hasDefaultKey(home: string): Promise<boolean> {
  // One after another: on a dead mount, each would block a thread of this process.
  for (const file of defaultKeyFiles(home)) if (await pathExists(file)) return true;
  return false;
}
