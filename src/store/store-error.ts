import { Failure } from '../domain/failures/failure.ts';

/** Errors of PostgreSQL that stay until a person does something: 28P01 is a wrong password. */
const REFUSED = ['28P01', '28000', '3D000', '42501'];

/** Errors of SQLite that stay: the file is none of SQLite, or cannot be opened or written. */
const DAMAGED = ['SQLITE_NOTADB', 'SQLITE_CORRUPT'];
const UNUSABLE = ['SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_PERM'];

const FILE_ERRORS = ['EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'ENOENT', 'EROFS'];

/** A store that cannot be used until a person does something; the message says what. */
export class UnusableStore extends Failure {
  constructor(message: string, options?: ErrorOptions) {
    super('InvalidConfig', message, options);
  }
}

/** A store that may work later: its database is away, its disk is full, or another process is writing. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway';
}

/** The error of a call to a store, with the name of the store: a Failure if a repeated call would fail as well. */
export function describeStoreError(name: string, error: unknown): Error {
  const { code = '', message = '' } = innermost(error);
  const isOneOf = (codes: readonly string[]): boolean =>
    codes.some((each) => code === each || code.startsWith(`${each}_`));
  // The client has no password, and the server asks for one.
  const isUnasked = message.startsWith('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be');
  const why = isUnasked ? 'it asks for a password, so set store.password' : message || code || 'unknown error';
  const unusable = (whatToDo: string): UnusableStore =>
    new UnusableStore(`The results store ${name} cannot be used: ${why}.\n${whatToDo}`, { cause: error });
  if (isUnasked || isOneOf(REFUSED)) return unusable('Correct store: in the configuration, or the rights of its user.');
  if (isOneOf(DAMAGED)) return unusable('Put a copy of it back, or move it away: then a new one begins.');
  if (isOneOf([...UNUSABLE, ...FILE_ERRORS])) return unusable('Correct the owner and the rights of the file.');
  return new StoreAway(`the results store ${name} does not work: ${why}`, { cause: error });
}

/** `connect ECONNREFUSED` is an AggregateError without a message if a name has several addresses. */
function innermost(error: unknown): { code?: string; message?: string } {
  if (error instanceof AggregateError && error.message === '') return innermost(error.errors[0]);
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return {
    ...(typeof code === 'string' && { code }),
    message: typeof message === 'string' ? message : String(error),
  };
}
