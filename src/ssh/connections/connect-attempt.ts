import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { Authentication } from '../keys/authentication.ts';
import type { FailedAttempt, Phase } from './connect-failure.ts';
import { FirstBytes } from './first-bytes.ts';
import { acceptsNoKeys, type LoginAnswers } from './login-refusal.ts';

/** The phase of an attempt to connect, and the answers of the server so far. */
export type Progress = LoginAnswers & Pick<FailedAttempt, 'phase' | 'said' | 'banner'>;

export const NO_PROGRESS: Progress = {
  ...{ phase: 'TCP connection', said: '', banner: '' },
  ...{ methodsLeft: null, isPartial: false, signatureAlgorithms: null },
};

/**
 * Watches a client that has just been told to connect. Returns its progress so far.
 * @param fail - called when the server accepts no keys, or accepted one and wants a factor that we do not have
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
  ignoreOtherHostKeys(client);
  const answers = watchLogin(client, ({ isPartial, methodsLeft }) => {
    const mayGoOn = !acceptsNoKeys({ methodsLeft }) && (!isPartial || authentication.offers.length > 1);
    if (!mayGoOn) fail();
    return !mayGoOn;
  });
  const phase = (): Phase => {
    if (!isConnected) return 'TCP connection';
    if (!first.isSsh) return 'SSH banner';
    if (!isAgreed) return 'key exchange';
    return authentication.offers.some(({ agent }) => agent?.isSigning) ? 'signature from the ssh-agent' : 'login';
  };
  return () => ({ ...answers, phase: phase(), said: first.said, banner });
}

/** Handlers of messages that ssh2 1.17.0 does not pass on; they exist after `client.connect`. */
interface Handlers {
  GLOBAL_REQUEST: (protocol: unknown, name: string, ...rest: unknown[]) => void;
  USERAUTH_FAILURE: (protocol: unknown, methods: string[], isPartial: boolean) => void;
  EXT_INFO: (protocol: unknown, extensions: { name: string; algs: string[] }[]) => void;
}

function handlersOf(client: Client): Handlers {
  return (client as unknown as { _protocol: { _handlers: Handlers } })._protocol._handlers;
}

/** Of its host keys a server has to prove only the one that was accepted: ssh2 would ask it to sign with each of them. */
function ignoreOtherHostKeys(client: Client): void {
  const handlers = handlersOf(client);
  const { GLOBAL_REQUEST: onRequest } = handlers;
  handlers.GLOBAL_REQUEST = (protocol, name, ...rest) => {
    if (name !== 'hostkeys-00@openssh.com') onRequest(protocol, name, ...rest);
  };
}

/** @param isOver - called at a refusal, before ssh2 tries the next key; returns whether to stop */
function watchLogin(client: Client, isOver: (answers: LoginAnswers) => boolean): LoginAnswers {
  const handlers = handlersOf(client);
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
      // For an RSA key ssh2 chooses SHA-256 and ssh SHA-512: a server may announce both and accept only SHA-512.
      if (said.algs.includes('rsa-sha2-512')) said.algs = said.algs.filter((name) => name !== 'rsa-sha2-256');
    }
    onExtensions(protocol, extensions);
  };
  return answers;
}
