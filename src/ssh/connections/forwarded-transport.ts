import { isIP } from 'node:net';
import type { ClientChannel } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import type { Hop } from '../../domain/servers/server.ts';
import { describe } from './connect-failure.ts';
import type { Connection } from './connect.ts';
import { firstOf, pause } from '../../waiting/first-of.ts';
import { ForwardedStream } from './forwarded-stream.ts';
import { hostAndPort, type Transport } from './direct-transport.ts';

/** RFC 4254, section 5.1: why a channel was not opened. */
const PROHIBITED = 1;
const CONNECT_FAILED = 2;

/** A look-up or an answer rarely takes longer. */
const USUAL_WAIT_MS = 1_500;

const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 50;

/**
 * A channel of type direct-tcpip through the connection to a jump host. If the jump host refuses the channel, for example
 * because too many are open, tries again for 3 s.
 * @param onFrozen - called when the jump host looks up the server's name and answers nothing else on this connection
 * @throws Failure ServerUnreachable if it cannot connect onward within `ms`; HostUnsuitable if forwarding is prohibited
 */
export async function forwardedTransport(
  { jump, connection }: { jump: Hop; connection: Connection },
  { hop, ms, signal, onFrozen }: { hop: Hop; ms: number; signal: AbortSignal; onFrozen: () => void }
): Promise<Transport> {
  const where = `${hostAndPort(hop)} through the jump host ${hostAndPort(jump)}`;
  const broken = () =>
    connection.lost === null
      ? null
      : `the connection to the jump host ${hostAndPort(jump)} was lost: ${connection.lost}`;
  for (let attempt = 1; ; attempt++) {
    const opening = openForward(connection, hop);
    if (isIP(hop.host) === 0) void watchForFreeze(connection, opening, onFrozen);
    try {
      const channel = await firstOf([opening], { ms, signal });
      if (typeof channel === 'object') return { stream: new ForwardedStream(channel), where, broken };
      opening.then((late) => late.destroy()).catch(() => {});
      if (channel === 'aborted') throw signal.reason;
      throw new Failure(
        'ServerUnreachable',
        `cannot connect to ${where}: the jump host did not reach it within ${ms / 1000} s (ssh.connectTimeout)`
      );
    } catch (error) {
      if (!(error instanceof ForwardRefused)) throw error;
      if (error.reason === null) connection.destroy(); // its end may not have been reported yet
      const isFinal = error.reason === null || error.reason === CONNECT_FAILED || attempt === MAX_ATTEMPTS;
      if (isFinal) throw refusal(error, where, broken());
    }
    await pause(FIRST_PAUSE_MS * 2 ** attempt, signal);
  }
}

/** sshd looks a name up in the process that serves the connection, which then does nothing else. */
async function watchForFreeze(connection: Connection, opening: Promise<unknown>, onFrozen: () => void): Promise<void> {
  if ((await firstOf([Promise.allSettled([opening])], { ms: USUAL_WAIT_MS })) !== 'timeout') return;
  // Allowed or refused, the answer comes at once.
  const other = openForward(connection, { host: '127.0.0.1', port: 1 }).then((channel) => channel.destroy());
  if ((await firstOf([Promise.allSettled([other])], { ms: USUAL_WAIT_MS })) === 'timeout') onFrozen();
}

class ForwardRefused extends Error {
  /** The jump host's reason code; 0: none given; null: the connection to it was lost. */
  readonly reason: number | null;

  constructor(cause: Error & { reason?: unknown }, isConnected: boolean) {
    super(describe(cause).replace('(SSH) Channel open failure: ', ''), { cause });
    const given = typeof cause.reason === 'number' ? cause.reason : 0;
    this.reason = isConnected ? given : null;
  }
}

function openForward(connection: Connection, { host, port }: Pick<Hop, 'host' | 'port'>): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    try {
      // The source address is only for the log of the jump host.
      connection.client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
        if (error) reject(new ForwardRefused(error, connection.lost === null));
        else resolve(channel);
      });
    } catch (error) {
      reject(new ForwardRefused(error as Error, false));
    }
  });
}

function refusal({ reason, message, cause }: ForwardRefused, where: string, broken: string | null): Failure {
  const why = broken ?? (message === '' ? 'no reason given' : message);
  if (reason !== PROHIBITED) return new Failure('ServerUnreachable', `cannot connect to ${where}: ${why}`, { cause });
  const advice = 'allow it there with AllowTcpForwarding and PermitOpen';
  return new Failure('HostUnsuitable', `cannot connect to ${where}, which refuses to forward: ${why}; ${advice}`, {
    cause,
  });
}
