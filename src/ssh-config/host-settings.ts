import { join, resolve } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';
import type { JumpHost } from '../domain/servers/server.ts';
import { canonicalHost, isHost, isUser, readPort } from '../source/hosts/host.ts';
import { jumpOfCommand } from '../source/hosts/jump-command.ts';
import { readJumpHosts } from '../source/hosts/jump-hosts.ts';
import { quoted } from '../source/problem.ts';
import type { Account } from '../source/surroundings.ts';
import { refusedOptions } from './ssh-options.ts';
import type { AskedHost, SshAnswer } from './ssh-options.ts';
import type { Tokens } from './tokens.ts';
import { expandHome, expandTokens, lowerCase, tokensOf } from './tokens.ts';

/** The settings of a host in the configuration of ssh; null: not set. */
export interface HostSettings {
  host: string | null;
  port: number | null;
  user: string | null;
  /** Absolute paths in order of preference; empty: `IdentityFile none`. */
  keyFiles: string[] | null;
  /** Other keys of the ssh-agent are not tried. */
  onlyKeyFiles: boolean;
  /** Socket of the ssh-agent; false: none. */
  agentSocket: string | false | null;
  /** Empty: directly. */
  jumps: JumpHost[];
  hostKeyAlias: string | null;
  knownHostsFiles: string[] | null;
  /** Where that is written, for messages. */
  from: string;
}

/** @param isOnItsWay its jump hosts are decided already, so that no option here changes them */
export function hostSettings(answer: SshAnswer, asked: AskedHost, account: Account, isOnItsWay: boolean): HostSettings {
  const { options, from } = answer;
  refuse(answer, isOnItsWay);
  const host = checked(answer, 'HostName', (text) => (isHost(text) ? canonicalHost(text) : null));
  const port = checked(answer, 'Port', readPort);
  const user = checked(answer, 'User', (text) => (isUser(text) ? text : null));
  const hostKeyAlias = checked(answer, 'HostKeyAlias', (text) => (/^[^\s,*?!|[\]]{1,253}$/.test(text) ? text : null));
  const place = {
    host: host ?? lowerCase(asked.host),
    port: asked.port ?? port ?? 22,
    user: asked.user ?? user ?? account.user ?? '',
    asked: asked.host,
  };
  const tokens = { ...tokensOf(place, account), k: hostKeyAlias ?? asked.host };
  return {
    ...{ host, port, user, hostKeyAlias, from },
    keyFiles: keyFilesOf(answer, tokens, account),
    onlyKeyFiles: options.get('identitiesonly')?.[0] === 'yes',
    agentSocket: agentOf(options.get('identityagent')?.[0], account),
    jumps: isOnItsWay ? [] : jumpsOf(answer, tokens, account),
    knownHostsFiles: knownHostsOf(answer, account),
  };
}

/** Refuses options that cannot be followed, unless their value is the default. */
function refuse({ options, from }: SshAnswer, isOnItsWay: boolean): void {
  for (const [name, reason] of refusedOptions) {
    const value = options.get(name)?.[0];
    if (value === undefined || name === 'proxycommand') continue;
    const isDefault = name === 'pubkeyauthentication' ? /^(?:yes|true)$/i : /^(?:no|none|false|internal)$/i;
    if (isDefault.test(value) || (isOnItsWay && name === 'proxyusefdpass')) continue;
    throw new Failure('InvalidConfig', `${from} says ${name}, which is not followed: ${reason}`);
  }
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
  throw new Failure('InvalidConfig', `${from} says ${name} ${quoted(text)}, which is invalid`);
}

function keyFilesOf({ options, from }: SshAnswer, tokens: Tokens, account: Account): string[] | null {
  const named = options.get('identityfile')?.filter((value) => value.toLowerCase() !== 'none');
  return (
    named?.map((value) => {
      const path = expandHome(value, account.home);
      const file = path === null ? null : expandTokens(path, tokens, account.env);
      if (file !== null) return resolve(file);
      throw new Failure('InvalidConfig', `${from} says IdentityFile ${quoted(value)}, which has an unsupported token`);
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
    throw new Failure('InvalidConfig', `${from} says ProxyJump, which ${hosts}`);
  }
  if (command === undefined || command.trim().toLowerCase() === 'none') return [];
  const host = jumpOfCommand(command);
  const keyFile = host?.keyFile === undefined ? null : expandHome(host.keyFile, account.home);
  if (host !== null) return [keyFile === null ? host : { ...host, keyFile: resolve(keyFile) }];
  const reason = refusedOptions.get('proxycommand')!;
  throw new Failure('InvalidConfig', `${from} says ProxyCommand, which is not followed: ${reason}`);
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
