import ssh2, { type Client, type ConnectConfig, type MacAlgorithm } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import type { Hop, SshSettings } from '../../domain/servers/server.ts';
import type { Logger } from '../../logging/logger.ts';
import { firstOf } from '../../waiting/first-of.ts';
import type { HostKeyVerifier } from '../host-keys/host-key-verifier.ts';
import { fingerprint, type HostKeyTrust } from '../host-keys/verify-host-key.ts';
import type { Authentication } from '../keys/authentication.ts';
import { MAX_OFFERS } from '../keys/offers.ts';
import { Sha1Refused } from '../keys/sha1-refused.ts';
import { triedKeys } from '../keys/tried-keys.ts';
import { NO_PROGRESS, watchAttempt, type Progress } from './connect-attempt.ts';
import { connectFailure, describe } from './connect-failure.ts';
import type { Transport } from './direct-transport.ts';
import { AlgorithmLists, Ssh2DebugLines } from './ssh2-debug-lines.ts';

/** A connection that is authenticated and, until `lost` says otherwise, open. */
export interface Connection {
  client: Client;
  /** The host key that was presented and accepted, `SHA256:...`. */
  hostKey: string;
  trusted: HostKeyTrust;
  /** Why it ended, once it did. */
  lost: string | null;
  /** Resolves once it has ended. */
  ended: Promise<void>;
  /** Ends the connection immediately, in any state. */
  destroy(): void;
}

export interface Access {
  hop: Hop;
  transport: Transport;
  settings: SshSettings;
  hostKey: HostKeyVerifier;
  authentication: Authentication;
  keepaliveMs: number;
}

/** Without keepalives, ssh2 waits forever on a dead link. */
const MAX_UNANSWERED_KEEPALIVES = 3;

/** Why a connection was lost without an error. */
export const CLOSED_BY_SERVER = 'the server closed the connection';

/** All supported algorithms, without SHA-1. */
const MAC_ALGORITHMS: MacAlgorithm[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
];

/** One attempt to connect. Rejects with a `Failure`, or with the reason of the signal. */
export async function connect(access: Access, log: Logger, signal: AbortSignal): Promise<Connection> {
  const { hop, transport, hostKey } = access;
  const { stream } = transport; // ended by us: client.end() never closes a dead link, nor does client.destroy() after it
  log.debug({ host: hop.host, port: hop.port, user: hop.user }, 'connecting');
  const client = new ssh2.Client();
  const errors: Errors = { first: null, signing: null };
  const ended = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  let isDestroyed = false;
  const destroy = () => {
    isDestroyed = true;
    stream.destroy();
  };
  try {
    const presented = await handshake(access, client, errors, { log, signal });
    const connection: Connection = { client, hostKey: presented, trusted: 'known_hosts', lost: null, ended, destroy };
    client.once('close', () => {
      const closed = isDestroyed ? 'this worker closed the connection' : CLOSED_BY_SERVER;
      connection.lost = transport.broken() ?? (errors.first ? describe(errors.first) : closed);
      log.debug({ reason: connection.lost }, 'disconnected');
    });
    connection.trusted = await hostKey.confirm();
    return connection;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

interface Errors {
  first: Error | null;
  /** Why a key that the server accepts could not sign. */
  signing: Error | null;
}

/** Returns the fingerprint of the host key that was accepted. */
async function handshake(
  access: Access,
  client: Client,
  errors: Errors,
  { log, signal }: { log: Logger; signal: AbortSignal }
): Promise<string> {
  const { transport, hostKey, authentication } = access;
  const { offers } = authentication;
  const algorithms = new AlgorithmLists();
  const lines = new Ssh2DebugLines(log);
  let refusal: Failure | null = null;
  let accepted = '';
  let tried = 0;
  let progress = () => NO_PROGRESS;
  const end = new Promise<Failure | 'ready'>((resolve) => {
    const fail = () => resolve(refusal ?? failureOf(access, errors, { ...progress(), tried, algorithms }));
    client.once('ready', () => resolve('ready'));
    client.on('error', (error: Error & { level?: string }) => {
      lines.write();
      log.debug({ err: error }, 'ssh error');
      // ssh2 goes on with the next key.
      if (error.level === 'agent' || error instanceof Sha1Refused) return void (errors.signing = error);
      errors.first ??= error;
      fail();
    });
    client.once('close', fail); // a banner followed by the end emits no error
    if (signal.aborted) return;
    if (transport.stream.destroyed) return fail();
    client.once('close', () => lines.write()); // before the line about the disconnection
    client.connect({
      ...configuration(access),
      // One key at a time, to know which of them the server has seen.
      authHandler: () => (tried < MAX_OFFERS && offers[tried++]?.method) || false,
      hostVerifier: (key: Buffer): boolean => {
        refusal = hostKey.verify(key);
        if (refusal === null) accepted = fingerprint(key);
        return refusal === null;
      },
      debug: (line) => {
        algorithms.push(line);
        lines.push(line);
      },
    });
    progress = watchAttempt(client, transport.stream, authentication, fail);
  });
  const outcome = await firstOf([end], { ms: Infinity, signal });
  if (outcome === 'ready') {
    authentication.accepted(offers[tried - 1]!);
    return accepted;
  }
  throw outcome instanceof Failure ? outcome : signal.reason;
}

function configuration({ hop, transport, settings, hostKey, keepaliveMs }: Access): ConnectConfig {
  return {
    sock: transport.stream,
    username: hop.user,
    readyTimeout: settings.connectTimeoutMs,
    keepaliveInterval: keepaliveMs,
    keepaliveCountMax: MAX_UNANSWERED_KEEPALIVES,
    // ssh2 throws uncatchable errors while it inflates, and a few bytes from a server could become gigabytes.
    algorithms: { serverHostKey: hostKey.algorithms, hmac: MAC_ALGORITHMS, compress: ['none'] },
  };
}

function failureOf(
  { hop, transport, settings, authentication }: Access,
  errors: Errors,
  { tried, ...progress }: Progress & { tried: number; algorithms: AlgorithmLists }
): Failure {
  const where = `cannot connect to ${transport.where}`;
  const cause = errors.first ?? errors.signing;
  const broken = transport.broken();
  if (broken !== null) return new Failure('ServerUnreachable', `${where}: ${broken}`, { cause });
  const { kind, why } = connectFailure({
    ...progress,
    error: errors.first,
    signingError: errors.signing,
    limitMs: settings.connectTimeoutMs,
    user: hop.user,
    ...triedKeys(authentication, tried),
  });
  return new Failure(kind, `${where}${kind === 'AuthenticationFailed' ? ' ' : ': '}${why}`, { cause });
}
