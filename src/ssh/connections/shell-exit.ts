import { constants } from 'node:os';
import { Failure } from '../../domain/failures/failure.ts';
import { printable } from '../../domain/values/untrusted.ts';

/** How a channel closed. Code undefined: the connection was lost; null: a signal ended the shell. */
export interface ChannelExit {
  code: number | null | undefined;
  signal: string | null;
}

const ADVICE =
  'its login files (.bashrc or the like) may read its input or start another program: ' +
  'let them do so in interactive shells only (case $- in *i*) ... esac)';

/** Why a shell did not run our script. */
export function shellFailure(exit: ChannelExit | 'silent', noise: string): Failure {
  const said = /\bNONCE=/.test(noise) ? '' : printable(noise, 200); // a program such as `cat` prints our script
  const how =
    exit === 'silent' ? 'does not answer our script' : `ends (${exit.signal ?? exit.code}) without running our script`;
  const kind = exit === 'silent' ? 'ServerUnresponsive' : 'HostUnsuitable';
  return new Failure(kind, `its login shell ${how}; ${said === '' ? ADVICE : `it says: ${said}`}`);
}

/** A shell reports an end by signal n as status 128 + n. */
export function signalOf(status: number): string | null {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === status - 128) ?? [null];
  return name;
}
