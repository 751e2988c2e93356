import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { Authentication } from '../keys/authentication.ts';
import type { FailedAttempt, Phase } from './connect-failure.ts';
import { FirstBytes } from './first-bytes.ts';
import type { LoginAnswers } from './login-refusal.ts';

/** How far an attempt to connect has come, and what the server has said. */
export type Progress = LoginAnswers & Pick<FailedAttempt, 'phase' | 'said' | 'banner'>;

export const NO_PROGRESS: Progress = {
  ...{ phase: 'TCP connection', said: '', banner: '' },
  ...{ methodsLeft: null, isPartial: false, signatureAlgorithms: null },
};

/**
 * Watches a client that has just been told to connect. Returns its progress so far.
 * @param fail - called when a key was accepted and none of ours is enough
 */
export function watchAttempt(
  client: Client,
  stream: Duplex,
  authentication: Authentication,
  fail: () => void
): () => Progress {
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
  const answers = watchLogin(client, ({ isPartial, methodsLeft }) => {
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
  return () => ({ ...answers, phase: phase(), said: first.said, banner });
}

/** What ssh2 1.17.0 does not pass on: its messages end in handlers that exist once `client.connect` was called. */
interface Handlers {
  USERAUTH_FAILURE: (protocol: unknown, methods: string[], isPartial: boolean) => void;
  EXT_INFO: (protocol: unknown, extensions: { name: string; algs: string[] }[]) => void;
}

/** @param isOver - called at a refusal, before ssh2 goes on to the next key: true ends it there */
function watchLogin(client: Client, isOver: (answers: LoginAnswers) => boolean): LoginAnswers {
  const { _handlers: handlers } = (client as unknown as { _protocol: { _handlers: Handlers } })._protocol;
  const { USERAUTH_FAILURE: onFailure, EXT_INFO: onExtensions } = handlers;
  const answers: LoginAnswers = { methodsLeft: null, isPartial: false, signatureAlgorithms: null };
  handlers.USERAUTH_FAILURE = (protocol, methods, isPartial) => {
    answers.methodsLeft = methods;
    answers.isPartial ||= isPartial;
    if (!isOver(answers)) onFailure(protocol, methods, isPartial);
  };
  handlers.EXT_INFO = (protocol, extensions) => {
    const said = extensions.find(({ name }) => name === 'server-sig-algs');
    if (said && answers.signatureAlgorithms === null) {
      answers.signatureAlgorithms = [...new Set(said.algs)].filter((name) => name !== '');
      // For an RSA key ssh2 would choose SHA-256, and ssh chooses SHA-512: a server may name both and accept that alone.
      if (said.algs.includes('rsa-sha2-512')) said.algs = said.algs.filter((name) => name !== 'rsa-sha2-256');
    }
    onExtensions(protocol, extensions);
  };
  return answers;
}
