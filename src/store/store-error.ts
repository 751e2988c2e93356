import { Failure } from '../domain/failures/failure.ts';

/** Errors of PostgreSQL that stay until a person does something: 28P01 is a wrong password. */
const REFUSED = ['28P01', '28000', '3D000', '42501'];

/** Errors of SQLite that stay: the file is none of SQLite, or cannot be opened or written. */
const UNUSABLE = ['SQLITE_NOTADB', 'SQLITE_CORRUPT', 'SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_PERM'];

const FILE_ERRORS = ['EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'ENOENT', 'EROFS'];

/** The error of a call to a store, with the name of the store: a Failure if a repeated call would fail as well. */
export function describeStoreError(name: string, error: unknown): Error {
  const { code = '', message = '' } = innermost(error);
  const isLasting = [...REFUSED, ...UNUSABLE, ...FILE_ERRORS].some(
    (each) => code === each || code.startsWith(`${each}_`)
  );
  // The client has no password, and the server asks for one.
  const isUnasked = message.startsWith('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be');
  const why = isUnasked ? 'it asks for a password, so set store.password' : message || code || 'unknown error';
  if (!isLasting && !isUnasked) return new Error(`the results store ${name} does not work: ${why}`, { cause: error });
  return new Failure('InvalidConfig', `The results store ${name} cannot be used: ${why}.`, { cause: error });
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
