import { isIPv6 } from 'node:net';
import type { JumpHost } from '../../domain/servers/server.ts';
import { canonicalHost, isHost, isUser, readPort } from './host.ts';
import { quoted } from '../problem.ts';

const MAX_JUMPS = 8;

/**
 * Reads jump hosts as in `ssh -J`: `user@host:port`, separated by commas, the first one is reached directly; or `none`.
 * @returns a string: the problem. Only plain names are accepted, because they become arguments of ssh.
 */
export function readJumpHosts(text: string): JumpHost[] | string {
  if (text.trim().toLowerCase() === 'none') return [];
  const words = text.split(',').map((word) => word.trim());
  if (words.length > MAX_JUMPS) return `has more than ${MAX_JUMPS} jump hosts`;
  const hosts: JumpHost[] = [];
  for (const word of words) {
    const host = readJumpHost(word.replace(/^ssh:\/\/([^/]*)\/?$/i, '$1'));
    if (host === null) return `contains ${quoted(word)}, which is not a jump host such as bench@bastion:2222`;
    hosts.push(host);
  }
  return hosts;
}

/** `user@host:port`, `[fe80::1]:22`, an IPv6 address alone. */
function readJumpHost(word: string): JumpHost | null {
  const at = word.lastIndexOf('@');
  const user = at < 0 ? null : word.slice(0, at);
  if (user !== null && !isUser(user)) return null;
  const endpoint = word.slice(at + 1);
  if (isIPv6(endpoint)) return { host: canonicalHost(endpoint), port: null, user };
  const [, bracketed, name, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/s.exec(endpoint) ?? [];
  const host = bracketed ?? name ?? '';
  const port = digits === undefined ? null : readPort(digits);
  if (!isHost(host) || (digits !== undefined && port === null)) return null;
  return { host: canonicalHost(host), port, user };
}
