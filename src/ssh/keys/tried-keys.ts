import type { Authentication } from './authentication.ts';
import type { Offer } from './offers.ts';

/** The keys that a server has refused, for messages. */
export interface TriedKeys {
  /** `/home/ada/.ssh/id_rsa and the 2 keys of the ssh-agent` */
  credentials: string;
  /** The type of each key: `ssh-ed25519`. */
  keyTypes: readonly string[];
  /** The other identities, and why they were not tried; empty: all were. */
  notTried: string;
}

/** @param count the number of offers that the server has seen */
export function triedKeys({ offers, unusable }: Authentication, count: number): TriedKeys {
  const tried = offers.slice(0, count);
  const ofAgent = agentName(agentKeysIn(tried), agentKeysIn(offers));
  const names = [...new Set(tried.map(({ name }) => name ?? ofAgent))];
  const left = offers.slice(count).flatMap(({ name }) => name ?? []);
  return {
    credentials: [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((text) => text !== '').join(' and '),
    keyTypes: tried.map(({ key }) => key.type),
    notTried: [...left, ...unusable].join('; '),
  };
}

function agentKeysIn(offers: readonly Offer[]): number {
  return offers.filter(({ name }) => name === null).length;
}

function agentName(offered: number, all: number): string {
  if (all === 1) return 'the key of the ssh-agent';
  const first = offered < all ? `first ${offered} of the ` : '';
  return `the ${first}${all} keys of the ssh-agent (ssh.key can name the public key of the right one)`;
}
