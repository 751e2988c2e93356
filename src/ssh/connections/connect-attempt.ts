import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { FailedAttempt, Phase } from './connect-failure.ts';
import { FirstBytes } from './first-bytes.ts';
import type { KexOffer } from './kex-offer.ts';
import { hearLoginAnswers, ownOffer } from './login-answers.ts';
import type { LoginAnswers } from './login-answers.ts';
import type { Authentication } from '../keys/authentication.ts';

type SoFar = LoginAnswers & Pick<FailedAttempt, 'phase' | 'said' | 'banner' | 'offered' | 'ours'>;

/** An attempt to connect while it goes on. */
export interface Attempt {
  /** How far it has come, and what the server has said. */
  soFar(): SoFar;
  /** For a second try with an RSA key that was refused; false: there is no other hash to try. */
  otherRsaHash(): boolean;
}

const nothing: KexOffer = { kex: [], 'host key': [], cipher: [], MAC: [], compression: [] };

export const nothingSoFar: SoFar = {
  ...{ phase: 'TCP connection', said: '', banner: '', offered: null, ours: nothing },
  ...{ methodsLeft: null, isPartial: false, signatureAlgorithms: null },
};

/**
 * Watches a client that has just been told to connect.
 * @param fail - a key was accepted, and nothing that we have is enough
 */
export function watchAttempt(
  client: Client,
  stream: Duplex,
  authentication: Authentication,
  fail: () => void
): Attempt {
  const first = new FirstBytes();
  const listen = (chunk: Buffer) => first.push(chunk);
  stream.on('data', listen); // ssh2 has paused it, and resumes it with a listener of its own
  let isConnected = !(stream instanceof Socket) || !stream.pending;
  stream.once('connect', () => (isConnected = true));
  let isAgreed = false;
  let banner = '';
  client.once('handshake', () => {
    isAgreed = true;
    stream.off('data', listen);
  });
  client.on('banner', (text) => (banner += banner.length < 1000 ? text : ''));
  const { answers, otherRsaHash } = hearLoginAnswers(client, ({ isPartial, methodsLeft }) => {
    const mayGoOn = !isPartial || (methodsLeft?.includes('publickey') && authentication.keyTypes.length > 1);
    if (!mayGoOn) fail();
    return !mayGoOn;
  });
  const phase = (): Phase => {
    if (!isConnected) return 'TCP connection';
    if (!first.isSsh) return 'SSH banner';
    if (!isAgreed) return 'key exchange';
    return authentication.agent?.isSigning ? 'signature of the ssh-agent' : 'login';
  };
  return {
    soFar: () => ({
      ...answers,
      ...{ phase: phase(), said: first.said, banner, offered: first.offer, ours: ownOffer(client) },
    }),
    otherRsaHash,
  };
}
