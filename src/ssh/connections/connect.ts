import ssh2 from 'ssh2';
import type { Client, MacAlgorithm } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import type { Hop, SshSettings } from '../../domain/servers/server.ts';
import type { Logger } from '../../logging/logger.ts';
import { connectFailure, describe } from './connect-failure.ts';
import { nothingSoFar, watchAttempt } from './connect-attempt.ts';
import type { Attempt } from './connect-attempt.ts';
import { fingerprint } from '../host-keys/verify-host-key.ts';
import type { HostKeyCheck, HostKeyTrust } from '../host-keys/verify-host-key.ts';
import type { Authentication } from '../keys/authentication.ts';
import type { Way } from './direct-transport.ts';

/** A connection that is authenticated and, until `lost` says otherwise, open. */
export interface Connection {
  client: Client;
  /** The host key that was shown and accepted, `SHA256:...`. */
  hostKey: string;
  trusted: HostKeyTrust;
  /** Why it ended, once it did. */
  lost: string | null;
  /** Resolves once it has ended. */
  ended: Promise<void>;
  /** Ends it at once, whatever its state. */
  destroy(): void;
}

export interface Access {
  hop: Hop;
  way: Way;
  settings: SshSettings;
  hostKey: HostKeyCheck;
  authentication: Authentication;
  keepaliveMs: number;
}

/** Unanswered, a connection is lost after three of these, and ssh2 would wait for ever without them. */
export const DEFAULT_KEEPALIVE_MS = 10_000;
const MAX_UNANSWERED_KEEPALIVES = 3;

/** Why a connection was lost: by no error. */
export const CLOSED_BY_SERVER = 'the server closed the connection';

/** No SHA-1. */
const macAlgorithms: MacAlgorithm[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
];

/** One attempt to connect. Rejects with a `Failure`, or with the reason of the signal. */
export async function connect(access: Access, log: Logger, signal: AbortSignal): Promise<Connection> {
  const { hop, way, settings, hostKey, authentication, keepaliveMs } = access;
  const { stream } = way; // ended by us, since client.end() never closes a dead link, and client.destroy() after it does nothing
  log.debug({ host: hop.host, port: hop.port, user: hop.user }, 'connecting');
  const client = new ssh2.Client();
  const errors = errorsOf(client, log);
  let objection: Failure | null = null;

  const ended = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  let destroyed = false;
  const destroy = () => {
    destroyed = true;
    stream.destroy();
  };
  const connection: Connection = { client, hostKey: '', trusted: 'known_hosts', lost: null, ended, destroy };

  let abort = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort);
      signal.throwIfAborted();
      let attempt: Attempt | null = null;
      const fail = () => reject(objection ?? failureOf(access, errors, attempt));
      client.once('ready', resolve);
      client.on('error', (error: Error & { level?: string }) => {
        if (error.level !== 'agent') fail();
      });
      client.once('close', fail); // a banner and then the end brings no error at all
      if (stream.destroyed) return fail();
      let tries = 0;
      client.connect({
        sock: stream,
        username: hop.user,
        authHandler: (_left, _partial, next) => {
          tries += 1;
          const isWorthIt =
            tries === 1 || (tries === 2 && attempt !== null && isOneRsaKey(access) && attempt.otherRsaHash());
          next(isWorthIt ? authentication.method : (false as never));
        },
        readyTimeout: settings.connectTimeoutMs,
        keepaliveInterval: keepaliveMs,
        keepaliveCountMax: MAX_UNANSWERED_KEEPALIVES,
        // ssh2 throws outside our reach where it inflates, and a few bytes of a server could become gigabytes.
        algorithms: { serverHostKey: hostKey.algorithms, hmac: macAlgorithms, compress: ['none'] },
        hostVerifier: (key: Buffer): boolean => {
          objection = hostKey.objection(key);
          if (objection === null) connection.hostKey = fingerprint(key);
          return objection === null;
        },
        ...(log.isLevelEnabled('debug') && { debug: ssh2Lines(log) }),
      });
      attempt = watchAttempt(client, stream, authentication, fail);
    });
    client.once('close', () => {
      const closed = destroyed ? 'this worker closed the connection' : CLOSED_BY_SERVER;
      const { first } = errors;
      connection.lost = way.broken() ?? (first ? describe(first) : closed);
      log.debug({ reason: connection.lost }, 'disconnected');
    });
    connection.trusted = await hostKey.settle();
  } catch (error) {
    stream.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return connection;
}

interface Errors {
  first: Error | null;
  agent: Error | null;
}

function errorsOf(client: Client, log: Logger): Errors {
  const errors: Errors = { first: null, agent: null };
  client.on('error', (error: Error & { level?: string }) => {
    log.debug({ err: error }, 'ssh error');
    if (error.level === 'agent') errors.agent = error;
    else errors.first ??= error;
  });
  return errors;
}

function isOneRsaKey({ authentication: { keyTypes } }: Access): boolean {
  return keyTypes.length === 1 && keyTypes[0] === 'ssh-rsa';
}

function failureOf({ hop, way, settings, authentication }: Access, errors: Errors, attempt: Attempt | null): Failure {
  const where = `cannot connect to ${way.where}`;
  const cause = errors.first ?? errors.agent;
  const broken = way.broken();
  if (broken !== null) return new Failure('ServerUnreachable', `${where}: ${broken}`, { cause });
  const { kind, why } = connectFailure({
    ...(attempt?.soFar() ?? nothingSoFar),
    error: errors.first,
    agentError: errors.agent,
    limitMs: settings.connectTimeoutMs,
    user: hop.user,
    credentials: authentication.name,
    keyTypes: authentication.keyTypes,
  });
  return new Failure(kind, `${where}${kind === 'AuthenticationFailed' ? ' ' : ': '}${why}`, { cause });
}

/** A server can make ssh2 say as much as it likes: as many lines, and as long ones, as are kept of a connection. */
const MAX_SSH2_LINES = 500;
const MAX_SSH2_LINE_LENGTH = 1000;

/** ssh2's own account: how a connection came to be is the story of a server, each packet on it is not. */
function ssh2Lines(log: Logger): (text: string) => void {
  let lines = 0;
  return (text) => {
    const level = text.includes('CHANNEL_') ? 'trace' : 'debug';
    if (lines > MAX_SSH2_LINES || !log.isLevelEnabled(level)) return;
    lines++;
    if (lines <= MAX_SSH2_LINES) log[level]({ ssh2: text.slice(0, MAX_SSH2_LINE_LENGTH) }, 'ssh2');
    else log.debug(`no more lines of ssh2 about this connection: it wrote ${MAX_SSH2_LINES}`);
  };
}
