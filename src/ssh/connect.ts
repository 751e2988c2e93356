import ssh2 from 'ssh2';
import type { Client, MacAlgorithm } from 'ssh2';
import { Failure } from '../domain/failure.ts';
import type { Hop, SshSettings } from '../domain/server.ts';
import type { Logger } from '../logging/logger.ts';
import { connectFailureKind, describe } from './connect-failure.ts';
import { fingerprint } from './host-key.ts';
import { Sha1Refused } from './sha1-refused.ts';
import type { HostKeyCheck, HostKeyTrust } from './host-key.ts';
import type { Authentication } from './keys.ts';
import type { Way } from './way.ts';

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
export const defaultKeepaliveMs = 10_000;
const keepaliveCountMax = 3;

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
  let lastError: Error | null = null;
  let agentError: Error | null = null;
  let objection: Failure | null = null;

  const ended = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  let destroyed = false;
  const destroy = () => {
    destroyed = true;
    stream.destroy();
  };
  const connection: Connection = { client, hostKey: '', trusted: 'known_hosts', lost: null, ended, destroy };
  client.on('error', (error: Error & { level?: string }) => {
    log.debug({ err: error }, 'ssh error');
    if (error.level === 'agent') agentError = error;
    else lastError ??= error;
  });

  const failure = (): Failure => {
    if (objection) return objection;
    const kind = connectFailureKind(agentError instanceof Sha1Refused ? agentError : lastError);
    const why = way.broken() ?? describe(lastError ?? new Error('the server closed the connection'));
    const causes = [why, ...(agentError ? [describe(agentError)] : [])];
    const method = kind === 'AuthenticationFailed' ? ` as ${hop.user} with ${authentication.name}` : '';
    return new Failure(kind, `cannot connect to ${way.where}${method}: ${causes.join('; ')}`, {
      cause: lastError ?? agentError,
    });
  };

  let abort = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort);
      client.once('ready', resolve);
      client.once('error', (error: Error & { level?: string }) => {
        if (error.level !== 'agent') reject(failure());
      });
      client.once('close', () => reject(failure())); // a banner and then the end brings no error at all
      signal.throwIfAborted();
      if (stream.destroyed) return reject(failure());
      client.connect({
        sock: stream,
        username: hop.user,
        authHandler: [authentication.method],
        readyTimeout: settings.connectTimeoutMs,
        keepaliveInterval: keepaliveMs,
        keepaliveCountMax,
        // ssh2 throws outside our reach where it inflates, and a few bytes of a server could become gigabytes.
        algorithms: { serverHostKey: hostKey.algorithms, hmac: macAlgorithms, compress: ['none'] },
        hostVerifier: (key: Buffer): boolean => {
          objection = hostKey.objection(key);
          if (objection === null) connection.hostKey = fingerprint(key);
          return objection === null;
        },
        ...(log.isLevelEnabled('debug') && { debug: ssh2Lines(log) }),
      });
    });
    client.once('close', () => {
      const closedBy = destroyed ? 'this worker' : 'the server';
      connection.lost = way.broken() ?? (lastError ? describe(lastError) : `${closedBy} closed the connection`);
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

/** A server can make ssh2 say as much as it likes: as many lines, and as long ones, as are kept of a connection. */
const mostSsh2Lines = 500;
const longestSsh2Line = 1000;

/** ssh2's own account: how a connection came to be is the story of a server, each packet on it is not. */
function ssh2Lines(log: Logger): (text: string) => void {
  let lines = 0;
  return (text) => {
    const level = text.includes('CHANNEL_') ? 'trace' : 'debug';
    if (lines > mostSsh2Lines || !log.isLevelEnabled(level)) return;
    lines++;
    if (lines <= mostSsh2Lines) log[level]({ ssh2: text.slice(0, longestSsh2Line) }, 'ssh2');
    else log.debug(`no more lines of ssh2 about this connection: it wrote ${mostSsh2Lines}`);
  };
}
