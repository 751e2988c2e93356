import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileAnswers } from '../blocking/file-answers.ts';
import { Failure } from '../domain/failures/failure.ts';
import { whyUnreadable } from './file-errors.ts';

const MAX_BYTES = 65_536;

/**
 * The content of a file with a secret, which the caller erases.
 * @param kind - `passphrase`
 * @throws Failure InvalidConfig, without the secret: only the owner of the file may have access
 */
export async function readSecretFile(file: string, kind: string): Promise<Buffer> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new Failure('InvalidConfig', `the ${kind} file ${file} ${why}`, { cause });
  };
  await fileAnswers(file);
  // Non-blocking: opening a pipe without a writer would wait for one.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) =>
    refuse(whyUnreadable(error), error)
  );
  try {
    const { mode, size } = await handle.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) return refuse('is not a file');
    if ((mode & 0o077) !== 0) return refuse(`can be read by others: chmod 600 ${file}`);
    if (size > MAX_BYTES) return refuse(`is too large for a ${kind}`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Its first line. */
export function firstLine(bytes: Buffer): Buffer {
  const end = bytes.indexOf('\n');
  const line = bytes.subarray(0, end === -1 ? bytes.length : end);
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}
