import { access, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { PassphraseSource, SshSettings } from '../domain/server.ts';
import type { Problem } from './problem.ts';
import type { SshText } from './schema.ts';
import type { Account } from './surroundings.ts';
import { resolvePath } from './surroundings.ts';
import { isMissing, whyUnreadable } from './text-file.ts';

/** How to log in where a server does not say it itself. */
export interface Login {
  user: string | null;
  /** Null: with the ssh-agent. */
  keyFile: string | null;
  /** There is neither a key nor an agent. */
  missing: boolean;
}

export async function readSshSettings(
  ssh: SshText,
  file: string,
  { home, env, user }: Account
): Promise<{ settings: SshSettings; login: Login; problems: Problem[] }> {
  const problems: Problem[] = [];
  const agentSocket = socketOfAgent(ssh.agent, env['SSH_AUTH_SOCK'] || null, (path) => resolvePath(path, file, home));
  if (ssh.agent === true && agentSocket === null) {
    problems.push({ path: ['ssh', 'agent'], message: 'SSH_AUTH_SOCK is not set, so there is no ssh-agent' });
  }
  const knownHostsFiles = [ssh.knownHosts ?? []].flat().map((path) => resolvePath(path, file, home));
  for (const [index, path] of knownHostsFiles.entries()) {
    const isMade = index === 0 && ssh.hostKeys === 'accept-new';
    const message = await open(path).then(whyNoFile, (error: unknown) =>
      isMade && isMissing(error) ? null : whyUnreadable(error)
    );
    const place = Array.isArray(ssh.knownHosts) ? ['ssh', 'knownHosts', index] : ['ssh', 'knownHosts'];
    if (message !== null) problems.push({ path: place, message: `${path} ${message}` });
  }
  const settings: SshSettings = {
    knownHostsFiles: ssh.knownHosts ? knownHostsFiles : [join(home, '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts'],
    hostKeys: ssh.hostKeys,
    passphrase: passphraseSource(ssh.passphrase, (path) => resolvePath(path, file, home)),
    agentSocket,
    connectTimeoutMs: ssh.connectTimeout,
    giveUpAfterMs: ssh.giveUpAfter,
  };
  const named = ssh.key === undefined ? null : resolvePath(ssh.key, file, home);
  const keyFile = named ?? (agentSocket === null ? await usualKey(home) : null);
  const missing = keyFile === null && agentSocket === null;
  return { settings, login: { user: ssh.user ?? user, keyFile, missing }, problems };
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

/** The key that ssh itself would take. */
async function usualKey(home: string): Promise<string | null> {
  for (const name of ['id_ed25519', 'id_ecdsa', 'id_rsa']) {
    const path = join(home, '.ssh', name);
    if (
      await access(path).then(
        () => true,
        () => false
      )
    )
      return path;
  }
  return null;
}

async function whyNoFile(handle: FileHandle): Promise<string | null> {
  const stats = await handle.stat().finally(() => handle.close());
  return stats.isDirectory() ? 'is a folder, not a file' : null;
}
