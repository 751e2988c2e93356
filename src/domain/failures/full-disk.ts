/** The messages for ENOSPC and EDQUOT, and the message of SQLite. */
const FULL = /no space left on device|disk quota exceeded|database or disk is full/i;

/** Whether an error message of the system, or of a database, says that a file system is full. */
export function saysFull(text: string): boolean {
  return FULL.test(text);
}

/** Whether an error, or one of its causes, means that a file system is full. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  return code === 'ENOSPC' || code === 'EDQUOT' || saysFull(error.message) || isDiskFull(error.cause);
}
