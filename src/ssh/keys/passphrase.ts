import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileAnswers } from '../../blocking/file-answers.ts';
import { Failure } from '../../domain/failures/failure.ts';
import type { PassphraseSource } from '../../domain/servers/server.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { runProgram } from '../../processes/run-program.ts';
import { whyUnreadable } from '../../source/file-errors.ts';

const MAX_BYTES = 65_536;
const COMMAND_TIMEOUT_MS = 30_000;

/**
 * Calls `use` with the passphrase, and overwrites it afterwards.
 * @throws Failure InvalidConfig that says why there is none, without the passphrase or the output of the command
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
    throw new Failure('InvalidConfig', `${what} begins with an empty line instead of a passphrase`);
  } finally {
    bytes.fill(0);
  }
}

async function contentOf(file: string): Promise<Buffer> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new Failure('InvalidConfig', `the passphrase file ${file} ${why}`, { cause });
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
    if (size > MAX_BYTES) return refuse('is too large for a passphrase');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * Runs a command of the configuration here, in /bin/sh. The failure quotes its stderr without lines of its output, and
 * never the command itself, which may hold a secret.
 * @throws Failure InvalidConfig
 */
export async function outputOf(command: string, limitMs = COMMAND_TIMEOUT_MS): Promise<Buffer> {
  const shell = { program: '/bin/sh', args: ['-c', command], limitMs, maxBytes: MAX_BYTES };
  const { problem, stdout, stderr } = await runProgram(shell);
  if (problem === null) return stdout;
  const secrets = stdout
    .toString()
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '');
  const said = secrets.reduce((text, line) => text.replaceAll(line.trim(), '***'), stderr.toString());
  stdout.fill(0);
  const quote = printable(said, 200);
  throw new Failure('InvalidConfig', `the command of ssh.passphrase ${problem}${quote === '' ? '' : `: ${quote}`}`);
}
