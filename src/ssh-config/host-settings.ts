import { join, resolve } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';
import type { JumpHost } from '../domain/servers/server.ts';
import { canonicalHost, isHost, isUser, readPort } from '../source/hosts/host.ts';
import { jumpOfCommand } from '../source/hosts/jump-command.ts';
import { readJumpHosts } from '../source/hosts/jump-hosts.ts';
import { quoted } from '../source/problem.ts';
import type { Account } from '../source/surroundings.ts';
import { refusedOptions, type Destination, type SshAnswer } from './ssh-options.ts';
import { expandHome, expandTokens, tokensOf, type Tokens } from './tokens.ts';

/** The settings of a host in the ssh configuration; null: not set. */
export interface HostSettings {
  host: string | null;
  port: number | null;
  user: string | null;
  /** Absolute paths in order of preference; empty: `IdentityFile none`. */
  keyFiles: string[] | null;
  /** Does not try other keys of the ssh-agent. */
  onlyKeyFiles: boolean;
  /** Socket of the ssh-agent; false: none. */
  agentSocket: string | false | null;
  jumps: JumpHost[];
  hostKeyAlias: string | null;
  knownHostsFiles: string[] | null;
  /** See {@link SshAnswer}. */
  from: string;
}

/** @param ignoresJumps jump hosts of the ssh configuration do not apply */
export function hostSettings(
  answer: SshAnswer,
  destination: Destination,
  account: Account,
  ignoresJumps: boolean
): HostSettings {
  const { options, from } = answer;
  refuse(answer, ignoresJumps);
  const host = checked(answer, 'HostName', (text) => (isHost(text) ? canonicalHost(text) : null));
  const port = checked(answer, 'Port', readPort);
  const user = checked(answer, 'User', (text) => (isUser(text) ? text : null));
  const hostKeyAlias = checked(answer, 'HostKeyAlias', (text) => (/^[^\s,*?!|[\]]{1,253}$/.test(text) ? text : null));
  const { host: asked } = destination;
  const connection = {
    // As ssh writes host names; the zone of an address (`fe80::1%Eth0`) keeps its case.
    host: host ?? (asked.includes(':') ? asked : asked.toLowerCase()),
    port: destination.port ?? port ?? 22,
    user: destination.user ?? user ?? account.user ?? '',
  };
  const tokens = tokensOf(connection, account, { n: asked, k: hostKeyAlias ?? asked });
  return {
    ...{ host, port, user, hostKeyAlias, from },
    keyFiles: keyFilesOf(answer, tokens, account),
    onlyKeyFiles: options.get('identitiesonly')?.[0] === 'yes',
    agentSocket: agentOf(options.get('identityagent')?.[0], account),
    jumps: ignoresJumps ? [] : jumpsOf(answer, tokens, account),
    knownHostsFiles: knownHostsOf(answer, account),
  };
}

/** Refuses unsupported options, unless their value is the default. */
function refuse({ options, from }: SshAnswer, ignoresJumps: boolean): void {
  for (const name of refusedOptions.keys()) {
    const value = options.get(name)?.[0];
    if (value === undefined || name === 'proxycommand') continue;
    const isDefault = name === 'pubkeyauthentication' ? /^(?:yes|true)$/i : /^(?:no|none|false|internal)$/i;
    if (isDefault.test(value) || (ignoresJumps && name === 'proxyusefdpass')) continue;
    throw unsupported(from, name);
  }
}

function unsupported(from: string, option: string): Failure {
  return new Failure('InvalidConfig', `${from} sets ${option}, which is not supported: ${refusedOptions.get(option)}`);
}

function checked<Value>(
  { options, from }: SshAnswer,
  name: string,
  parse: (text: string) => Value | null
): Value | null {
  const text = options.get(name.toLowerCase())?.[0];
  if (text === undefined) return null;
  const value = parse(text);
  if (value !== null) return value;
  throw new Failure('InvalidConfig', `${from} has an invalid ${name} ${quoted(text)}`);
}

function keyFilesOf({ options, from }: SshAnswer, tokens: Tokens, account: Account): string[] | null {
  const named = options.get('identityfile')?.filter((value) => value.toLowerCase() !== 'none');
  return (
    named?.map((value) => {
      const path = expandHome(value, account.home);
      const file = path === null ? null : expandTokens(path, tokens, account.env);
      if (file !== null) return resolve(file);
      throw new Failure('InvalidConfig', `${from} sets IdentityFile ${quoted(value)}, which has an unsupported token`);
    }) ?? null
  );
}

function agentOf(value: string | undefined, { env }: Account): string | false | null {
  if (value === undefined) return null;
  if (value.toLowerCase() === 'none') return false;
  if (value === 'SSH_AUTH_SOCK') return env['SSH_AUTH_SOCK'] || false;
  return (value.startsWith('$') ? env[value.slice(1).replace(/^\{(.*)\}$/, '$1')] : resolve(value)) || false;
}

function jumpsOf({ options, from }: SshAnswer, tokens: Tokens, account: Account): JumpHost[] {
  const jump = options.get('proxyjump')?.[0];
  const command = options.get('proxycommand')?.[0];
  if (jump !== undefined && (jump.toLowerCase() !== 'none' || command === undefined)) {
    const text = expandTokens(jump, tokens, null);
    const hosts = text === null ? 'has an unsupported token' : readJumpHosts(text);
    if (typeof hosts !== 'string') return hosts;
    throw new Failure('InvalidConfig', `${from} has an invalid ProxyJump: it ${hosts}`);
  }
  if (command === undefined || command.trim().toLowerCase() === 'none') return [];
  const host = jumpOfCommand(command);
  const keyFile = host?.keyFile === undefined ? null : expandHome(host.keyFile, account.home);
  if (host !== null) return [keyFile === null ? host : { ...host, keyFile: resolve(keyFile) }];
  throw unsupported(from, 'proxycommand');
}

function knownHostsOf({ options }: SshAnswer, { home }: Account): string[] | null {
  const ofUser = options.get('userknownhostsfile');
  const global = options.get('globalknownhostsfile');
  if (!ofUser && !global) return null;
  const files = [
    ...(ofUser ?? ['known_hosts', 'known_hosts2'].map((name) => join(home, '.ssh', name))),
    ...(global ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
  ];
  return files.filter((file) => file.toLowerCase() !== 'none').map((file) => resolve(file));
}
