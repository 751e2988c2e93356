import { constants } from 'node:os';
import { Failure } from '../../domain/failures/failure.ts';
import { printable } from '../../domain/values/untrusted.ts';

/** How a channel closed: code undefined = the connection was lost, code null = a signal ended the shell. */
export interface ChannelExit {
  code: number | null | undefined;
  signal: string | null;
}

/** A shell did not do what our script says: it may not even be one. */
export class ShellFailure extends Failure {}

/** Why a shell did not begin with our script. */
export function shellFailure(exit: ChannelExit | 'silent', noise: string): Failure {
  const said = printable(noise, 200);
  const how =
    exit === 'silent'
      ? 'answers nothing to our script'
      : `ends (${exit.signal ?? exit.code}) without running our script`;
  const kind = exit === 'silent' ? 'ServerUnresponsive' : 'HostUnsuitable';
  return new ShellFailure(kind, `its login shell ${how}${said === '' ? '' : `; it says: ${said}`}`);
}

/** A shell reports the end by signal n as 128 + n. */
export function signalOf(status: number): string | null {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === status - 128) ?? [null];
  return name;
}
