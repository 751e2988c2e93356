import { join } from 'node:path';
import type { JumpHost, PassphraseSource, SshConfigUse, SshSettings } from '../domain/servers/server.ts';
import type { Problem } from '../source/problem.ts';
import type { SshText } from './schema/schema.ts';
import { sshConfigWith } from './ssh-config-file.ts';
import type { Account } from '../source/surroundings.ts';
import { resolvePath } from '../source/surroundings.ts';
import { isMissing, whyUnreadable } from '../source/file-errors.ts';
import { readContent } from '../source/parsed-file.ts';
import { isThere } from '../source/text-file.ts';

/** What `ssh` of `fleetmark.yaml` says of servers that do not say it themselves; null: nothing. */
export interface Login {
  user: string | null;
  keyFile: string | null;
  jumps: JumpHost[] | null;
  /** Nobody says as whom to log in, not even the system who this is. */
  userMissing: boolean;
  /** There is neither a key nor an agent. */
  keyMissing: boolean;
}

export interface FoundSettings {
  settings: SshSettings;
  sshConfig: SshConfigUse;
  login: Login;
  problems: Problem[];
}

export async function readSshSettings(
  ssh: SshText,
  file: string,
  { home, env, user }: Account
): Promise<FoundSettings> {
  const problems: Problem[] = [];
  const toAbsolute = (path: string): string => resolvePath(path, file, home);
  const agentSocket = socketOfAgent(ssh.agent, env['SSH_AUTH_SOCK'] || null, toAbsolute);
  if (ssh.agent === true && agentSocket === null) {
    problems.push({ path: ['ssh', 'agent'], message: 'SSH_AUTH_SOCK is not set, so there is no ssh-agent' });
  }
  const knownHostsFiles = [ssh.knownHosts ?? []].flat().map(toAbsolute);
  for (const [index, path] of knownHostsFiles.entries()) {
    const isMade = index === 0 && ssh.hostKeys === 'accept-new';
    const message = await whyUnusable(path, isMade);
    const place = Array.isArray(ssh.knownHosts) ? ['ssh', 'knownHosts', index] : ['ssh', 'knownHosts'];
    if (message !== null) problems.push({ path: place, message: `${path} ${message}` });
  }
  const config = typeof ssh.config === 'string' ? toAbsolute(ssh.config) : ssh.config;
  if (typeof config === 'string') {
    const message = await whyUnusable(config);
    if (message !== null) problems.push({ path: ['ssh', 'config'], message: `${config} ${message}` });
  }
  const settings: SshSettings = {
    knownHostsFiles: ssh.knownHosts ? knownHostsFiles : [join(home, '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts'],
    hostKeys: ssh.hostKeys,
    passphrase: passphraseSource(ssh.passphrase, toAbsolute),
    agentSocket,
    connectTimeoutMs: ssh.connectTimeout,
    giveUpAfterMs: ssh.giveUpAfter,
    answerTimeoutMs: ssh.answerTimeout,
  };
  const sshConfig = { file: config, knownHosts: ssh.knownHosts !== undefined, agent: ssh.agent !== undefined };
  const keyFile = ssh.key === undefined ? null : toAbsolute(ssh.key);
  // What the configuration of ssh says of a server is asked when that is connected to.
  const isOpen = (await sshConfigWith(config, home, ['User', 'IdentityFile', 'IdentityAgent'])) !== null;
  const login = {
    ...{ user: ssh.user ?? null, keyFile, jumps: ssh.jump ?? null },
    userMissing: !isOpen && ssh.user === undefined && user === null,
    keyMissing: !isOpen && keyFile === null && agentSocket === null && (await usualKey(home)) === null,
  };
  return { settings, sshConfig, login, problems };
}

function passphraseSource(
  passphrase: SshText['passphrase'],
  toAbsolute: (path: string) => string
): PassphraseSource | null {
  if (passphrase?.file !== undefined) return { file: toAbsolute(passphrase.file) };
  return passphrase?.command === undefined ? null : { command: passphrase.command };
}

function socketOfAgent(
  agent: SshText['agent'],
  fromEnvironment: string | null,
  toAbsolute: (path: string) => string
): string | null {
  if (agent === false) return null;
  return typeof agent === 'string' ? toAbsolute(agent) : fromEnvironment;
}

/** The key that ssh itself would take where nothing names one. */
export async function usualKey(home: string): Promise<string | null> {
  for (const name of ['id_ed25519', 'id_ecdsa', 'id_rsa']) {
    const path = join(home, '.ssh', name);
    if (await isThere(path)) return path;
  }
  return null;
}

/** @param isMade it may be missing */
async function whyUnusable(path: string, isMade = false): Promise<string | null> {
  return readContent(path).then(
    () => null,
    (error: unknown) => (isMade && isMissing(error) ? null : whyUnreadable(error))
  );
}
