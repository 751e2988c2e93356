import type { JumpHost } from '../../domain/servers/server.ts';
import { isUser, readPort } from '../../source/hosts/host.ts';
import { isHarmless, isKeyPath, jumpOfCommand } from '../../source/hosts/jump-command.ts';
import { readJumpHosts } from '../../source/hosts/jump-hosts.ts';
import { quotedName } from '../../source/problem.ts';
import { shellWords } from '../../source/shell-words.ts';

/** The settings in arguments of ssh; null: not set. */
export interface SshArguments {
  /** As in `-J bench@bastion:2222,second`; empty: a direct connection. */
  jumps: JumpHost[] | null;
  user: string | null;
  port: number | null;
  keyFile: string | null;
}

const byLetter: Record<string, string> = { J: 'ProxyJump', l: 'User', p: 'Port', i: 'IdentityFile' };

/**
 * Reads `ansible_ssh_common_args` and similar variables: `-o ProxyJump=bastion -o StrictHostKeyChecking=no`, `-J b`.
 * Refuses unsupported options that would change where or how ssh connects.
 */
export function readSshArguments(text: string): { value: SshArguments } | { wrong: string } {
  const found: SshArguments = { jumps: null, user: null, port: null, keyFile: null };
  const words = shellWords(text, false);
  if ('problem' in words) return { wrong: words.problem };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const [, letter = '', attached = ''] = /^-([oJlpi])(.*)$/s.exec(word) ?? [];
    if (letter === '') {
      if (!/^-[AaCqTtVvXx]+$/.test(word)) return { wrong: `has the unsupported argument ${quotedName(word)}` };
      continue;
    }
    if (attached === '') at += 1;
    const value = attached === '' ? (words[at] ?? '') : attached;
    const option = letter === 'o' ? value : `${byLetter[letter]}=${value}`;
    const [, name = '', setting = ''] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*?)\s*$/s.exec(option) ?? [];
    if (isHarmless(name) || takeOption(found, name.toLowerCase(), setting.replace(/^"(.*)"$/s, '$1'))) continue;
    const isCommand = name.toLowerCase() === 'proxycommand';
    const hint = isCommand ? '; write "ssh -W %h:%p BASTION", or -o ProxyJump=USER@BASTION' : '';
    return { wrong: `has the unsupported option ${quotedName(name === '' ? option : name)}${hint}` };
  }
  return { value: found };
}

/** Of duplicate options, the first one wins. A second key file is refused, because ssh would try both. */
function takeOption(found: SshArguments, name: string, value: string): boolean {
  switch (name) {
    case 'user':
      if (isUser(value)) found.user ??= value;
      return isUser(value);
    case 'port':
      found.port ??= readPort(value);
      return readPort(value) !== null;
    case 'identityfile':
      if (!isKeyPath(value) || (found.keyFile !== null && found.keyFile !== value)) return false;
      found.keyFile = value;
      return true;
    default: {
      const hosts = jumpsOfOption(name, value);
      found.jumps ??= hosts;
      return hosts !== null;
    }
  }
}

function jumpsOfOption(name: string, setting: string): JumpHost[] | null {
  if (name !== 'proxyjump' && name !== 'proxycommand') return null;
  if (name === 'proxyjump' || setting.toLowerCase() === 'none') {
    const hosts = readJumpHosts(setting);
    return typeof hosts === 'string' ? null : hosts;
  }
  const host = jumpOfCommand(setting);
  return host === null ? null : [host];
}
