import type { JumpHost } from '../../domain/server.ts';
import { jumpOfCommand } from '../jump-command.ts';
import { readJumpHosts } from '../jump-hosts.ts';
import { quotedName } from '../problem.ts';
import { shellWords } from '../shell-words.ts';

/** What arguments of ssh mean to how a server is reached. */
export interface SshArguments {
  /** As in `-J bench@bastion:2222,second`; empty: directly; null: they do not say. */
  jumps: JumpHost[] | null;
  /** What would change where a connection leads, or how, in a way that only ssh itself knows. */
  unsupported: string | null;
}

/**
 * They say how ssh is to behave and not where it leads, or loosen what is always checked here: host keys are, strictly,
 * by the known_hosts files of the configuration.
 */
const harmlessOptions = new Set(
  `addkeystoagent batchmode checkhostip compression connectionattempts connecttimeout controlmaster controlpath
  controlpersist forwardagent forwardx11 globalknownhostsfile gssapiauthentication gssapidelegatecredentials
  hashknownhosts identitiesonly ipqos kbdinteractiveauthentication loglevel numberofpasswordprompts
  passwordauthentication preferredauthentications pubkeyauthentication requesttty serveralivecountmax
  serveraliveinterval stricthostkeychecking tcpkeepalive updatehostkeys userknownhostsfile verifyhostkeydns
  visualhostkey`.split(/\s+/)
);

/** Reads what `ansible_ssh_common_args` and its like hold: `-o ProxyJump=bastion -o StrictHostKeyChecking=no`, `-J b`. */
export function readSshArguments(text: string): SshArguments {
  const found: SshArguments = { jumps: null, unsupported: null };
  const words = shellWords(text, false);
  if ('problem' in words) return { ...found, unsupported: `what ${words.problem}` };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const [, letter = '', attached = ''] = /^-([oJ])(.*)$/s.exec(word) ?? [];
    if (letter === '') {
      if (!/^-[46AaCqTtVvXx]+$/.test(word) || /[46]/.test(word)) found.unsupported ??= quotedName(word);
      continue;
    }
    if (attached === '') at += 1;
    const value = attached === '' ? (words[at] ?? '') : attached;
    const option = letter === 'J' ? `ProxyJump=${value}` : value;
    const [, name = '', setting = ''] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*?)\s*$/s.exec(option) ?? [];
    const hosts = jumpsOfOption(name.toLowerCase(), setting);
    if (hosts !== null) found.jumps ??= hosts;
    else if (!harmlessOptions.has(name.toLowerCase())) found.unsupported ??= quotedName(name === '' ? option : name);
  }
  return found;
}

function jumpsOfOption(name: string, setting: string): JumpHost[] | null {
  if (name !== 'proxyjump' && name !== 'proxycommand') return null;
  const isNone = setting.toLowerCase() === 'none';
  const text = name === 'proxyjump' || isNone ? setting : jumpOfCommand(setting);
  const hosts = text === null ? null : readJumpHosts(text);
  return typeof hosts === 'string' ? null : hosts;
}
