import { Failure } from '../domain/failures/failure.ts';

export const DOES_NOT_EXIST = 'does not exist';
export const IS_A_PIPE = 'is a pipe, not a file';

const ofFiles: Record<string, string> = {
  ENOENT: DOES_NOT_EXIST,
  ENOTDIR: DOES_NOT_EXIST,
  EISDIR: 'is a folder, not a file',
  ESPIPE: IS_A_PIPE,
  ENAMETOOLONG: 'has a name that is too long',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not valid UTF-8',
};

const ofSystem: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'there is no such folder',
};

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

export function isOfFolder(error: unknown): boolean {
  return codeOf(error) === 'EISDIR';
}

/** Why a file is unreadable; follows its name: `does not exist`. */
export function whyUnreadable(error: unknown): string {
  return ofFiles[codeOf(error)] ?? `cannot be read: ${fileProblem(error)}`;
}

/** What to do about a pipe, for an option that takes `-`; follows {@link whyUnreadable}. */
export function pipeHint(unreadable: string): string {
  return unreadable === IS_A_PIPE ? '; "-" reads standard input' : '';
}

/** The error of the system: `permission denied`. */
export function fileProblem(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const known = ofSystem[codeOf(error)];
  if (known !== undefined) return known;
  // Node.js adds the call and the path: `ELOOP: too many symbolic links encountered, stat '/x'`.
  return error instanceof Failure ? error.message : error.message.replace(/^(E[A-Z0-9]+: [^,]+), .*$/s, '$1');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
