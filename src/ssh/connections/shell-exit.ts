import { constants } from 'node:os';
import { Failure } from '../../domain/failures/failure.ts';
import type { JobResult } from '../../domain/jobs/job.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { Connection } from './connect.ts';

/** How a channel closed: code undefined = the connection was lost, code null = a signal ended the shell. */
export interface ChannelExit {
  code: number | null | undefined;
  signal: string | null;
}

/** A shell did not do what our script says: it may not even be one. */
export class ShellFailure extends Failure {}

/** How the command ended: from its exit status, or from how the channel closed where that never came. */
export function asExit(
  end: number | ChannelExit | null,
  connection: Connection
): Pick<JobResult, 'exitCode' | 'signal'> {
  if (typeof end === 'number') {
    const signal = signalOf(end);
    return { exitCode: signal === null ? end : null, signal };
  }
  if (end === null || end.code === undefined) throw connectionLost(connection);
  const signal = end.signal ?? signalOf(end.code ?? 0);
  if (signal === null) {
    throw new ShellFailure('HostUnsuitable', `its shell ended with status ${end.code} before the command did`);
  }
  return { exitCode: null, signal };
}

/** Why a shell did not begin with our script. */
export function shellFailure(exit: ChannelExit | 'silent', connection: Connection, noise: string): Failure {
  if (exit !== 'silent' && exit.code === undefined) return connectionLost(connection);
  if (/^@@[0-9a-f]+ nogroup$/m.test(noise)) {
    return new ShellFailure(
      'HostUnsuitable',
      'its shell is not in a process group of its own, so that jobs could not be killed'
    );
  }
  const said = printable(noise, 200);
  const how =
    exit === 'silent'
      ? 'answers nothing to our script'
      : `ends (${exit.signal ?? exit.code}) without running our script`;
  const kind = exit === 'silent' ? 'ServerUnresponsive' : 'HostUnsuitable';
  return new ShellFailure(kind, `its login shell ${how}${said === '' ? '' : `; it says: ${said}`}`);
}

function connectionLost({ lost }: Connection): Failure {
  return new Failure(
    'ConnectionLost',
    `the connection was lost while the command ran: ${lost ?? 'the channel was closed'}`
  );
}

/** A shell reports the end by signal n as 128 + n. */
export function signalOf(status: number): string | null {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === status - 128) ?? [null];
  return name;
}
