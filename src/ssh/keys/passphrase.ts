import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileAnswers } from '../../blocking/file-answers.ts';
import { Failure } from '../../domain/failures/failure.ts';
import type { PassphraseSource } from '../../domain/servers/server.ts';
import { whyUnreadable } from '../../source/file-errors.ts';
import { outputOf } from './passphrase-command.ts';

const MAX_BYTES = 65_536;

/**
 * Lets `use` have the passphrase, and overwrites it afterwards.
 * @throws Failure InvalidConfig that says why there is none, and never what it or the output of the command is
 */
export async function withPassphrase<T>(source: PassphraseSource, use: (passphrase: Buffer) => T): Promise<T> {
  const bytes = 'file' in source ? await contentOf(source.file) : await outputOf(source.command);
  try {
    const end = bytes.indexOf('\n');
    const line = bytes.subarray(0, end === -1 ? bytes.length : end);
    const passphrase = line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
    if (passphrase.length > 0) return use(passphrase);
    const what =
      'file' in source ? `the passphrase file ${source.file}` : 'the output of the command of ssh.passphrase';
    throw new Failure('InvalidConfig', `${what} begins with an empty line, and not with a passphrase`);
  } finally {
    bytes.fill(0);
  }
}

async function contentOf(file: string): Promise<Buffer> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new Failure('InvalidConfig', `the passphrase file ${file} ${why}`, { cause });
  };
  await fileAnswers(file);
  // Not blocking: a pipe that nobody writes to would be waited for.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) =>
    refuse(whyUnreadable(error), error)
  );
  try {
    const { mode, size } = await handle.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) return refuse('is not a file');
    if ((mode & 0o077) !== 0) return refuse(`can be read by others: chmod 600 ${file}`);
    if (size > MAX_BYTES) return refuse('is too large for a passphrase');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
