import { join, resolve } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';
import type { JumpHost } from '../domain/servers/server.ts';
import { canonicalHost, isHost, isUser, readPort } from '../source/hosts/host.ts';
import { jumpOfCommand } from '../source/hosts/jump-command.ts';
import { readJumpHosts } from '../source/hosts/jump-hosts.ts';
import { quoted } from '../source/problem.ts';
import type { Account } from '../source/surroundings.ts';
import { refusedOptions } from './option-policy.ts';
import type { AskedHost, SshOption, SshOptions } from './options.ts';
import type { Tokens } from './tokens.ts';
import { expandHome, expandTokens, lowerCase, tokensOf } from './tokens.ts';

/** What a configuration of ssh says of a host; null: nothing. */
export interface HostSettings {
  host: string | null;
  port: number | null;
  user: string | null;
  /** Absolute paths in the order of preference; empty: none may be used. */
  keyFiles: string[] | null;
  /** Not with whatever else the ssh-agent holds. */
  onlyKeyFiles: boolean;
  /** Socket of the ssh-agent; false: none. */
  agentSocket: string | false | null;
  /** Empty: directly. */
  jumps: JumpHost[];
  knownAs: string | null;
  knownHostsFiles: string[] | null;
  /** Where what may be blamed later is written. */
  from: { keyFiles: string; jumps: string };
}

/** @param isOnItsWay how it is reached is decided already, so that nothing here can change it */
export function hostSettings(
  options: SshOptions,
  asked: AskedHost,
  account: Account,
  isOnItsWay: boolean
): HostSettings {
  const only = (name: string): SshOption | null => options.get(name)?.[0] ?? null;
  refuse(options, isOnItsWay);
  const host = checked(only('hostname'), 'HostName', (text) => (isHost(text) ? canonicalHost(text) : null));
  const port = checked(only('port'), 'Port', readPort);
  const user = checked(only('user'), 'User', (text) => (isUser(text) ? text : null));
  const knownAs = checked(only('hostkeyalias'), 'HostKeyAlias', (text) =>
    /^[^\s,*?!|[\]]{1,253}$/.test(text) ? text : null
  );
  const place = {
    host: host ?? lowerCase(asked.host),
    port: asked.port ?? port ?? 22,
    user: asked.user ?? user ?? account.user ?? '',
    asked: asked.host,
  };
  const tokens = { ...tokensOf(place, account), k: knownAs ?? asked.host };
  return {
    ...{ host, port, user, knownAs },
    keyFiles: keyFilesOf(options.get('identityfile'), tokens, account),
    onlyKeyFiles: /^(?:yes|true)$/i.test(only('identitiesonly')?.value ?? ''),
    agentSocket: agentOf(only('identityagent'), account),
    jumps: isOnItsWay ? [] : jumpsOf(only('proxyjump'), only('proxycommand'), tokens, account),
    knownHostsFiles: knownHostsOf(options, account),
    from: {
      keyFiles: only('identityfile')?.from ?? only('identitiesonly')?.from ?? '',
      jumps: only('proxyjump')?.from ?? only('proxycommand')?.from ?? '',
    },
  };
}

/** Options that lead where we cannot follow. Values that say what is so anyway are none. */
function refuse(options: SshOptions, isOnItsWay: boolean): void {
  for (const [name, reason] of refusedOptions) {
    const option = options.get(name)?.[0];
    if (option === undefined || name === 'proxycommand') continue;
    const isUsual = name === 'pubkeyauthentication' ? /^(?:yes|true)$/i : /^(?:no|none|false|internal)$/i;
    if (isUsual.test(option.value) || (isOnItsWay && name === 'proxyusefdpass')) continue;
    throw new Failure('InvalidConfig', `${option.from} says ${name}, which is not followed: ${reason}`);
  }
}

function checked<Value>(option: SshOption | null, name: string, parse: (text: string) => Value | null): Value | null {
  if (option === null) return null;
  const value = parse(option.value);
  if (value !== null) return value;
  throw new Failure('InvalidConfig', `${option.from} says ${name} ${quoted(option.value)}, which is none`);
}

function keyFilesOf(options: readonly SshOption[] | undefined, tokens: Tokens, account: Account): string[] | null {
  const named = options?.filter(({ value }) => value.toLowerCase() !== 'none');
  return (
    named?.map(({ value, from }) => {
      const path = expandHome(value, account.home);
      const file = path === null ? null : expandTokens(path, tokens, account.env);
      if (file !== null) return resolve(file);
      throw new Failure('InvalidConfig', `${from} says IdentityFile ${quoted(value)}, with a token not known here`);
    }) ?? null
  );
}

function agentOf(option: SshOption | null, { env }: Account): string | false | null {
  if (option === null) return null;
  const { value } = option;
  if (value.toLowerCase() === 'none') return false;
  if (value === 'SSH_AUTH_SOCK') return env['SSH_AUTH_SOCK'] || false;
  return (value.startsWith('$') ? env[value.slice(1).replace(/^\{(.*)\}$/, '$1')] : resolve(value)) || false;
}

function jumpsOf(jump: SshOption | null, command: SshOption | null, tokens: Tokens, account: Account): JumpHost[] {
  if (jump !== null && (jump.value.toLowerCase() !== 'none' || command === null)) {
    const text = expandTokens(jump.value, tokens, null);
    const hosts = text === null ? 'has a token that is not known here' : readJumpHosts(text);
    if (typeof hosts !== 'string') return hosts;
    throw new Failure('InvalidConfig', `${jump.from} says ProxyJump, which ${hosts}`);
  }
  if (command === null || command.value.trim().toLowerCase() === 'none') return [];
  const host = jumpOfCommand(command.value);
  const keyFile = host?.keyFile === undefined ? null : expandHome(host.keyFile, account.home);
  if (host !== null) return [keyFile === null ? host : { ...host, keyFile: resolve(keyFile) }];
  const reason = refusedOptions.get('proxycommand')!;
  throw new Failure('InvalidConfig', `${command.from} says ProxyCommand, which is not followed: ${reason}`);
}

function knownHostsOf(options: SshOptions, { home }: Account): string[] | null {
  const ofUser = options.get('userknownhostsfile')?.map(({ value }) => value);
  const global = options.get('globalknownhostsfile')?.map(({ value }) => value);
  if (!ofUser && !global) return null;
  const files = [
    ...(ofUser ?? ['known_hosts', 'known_hosts2'].map((name) => join(home, '.ssh', name))),
    ...(global ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
  ];
  return files.filter((file) => file.toLowerCase() !== 'none').map((file) => resolve(file));
}
