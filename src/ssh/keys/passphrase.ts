import { Failure } from '../../domain/failures/failure.ts';
import type { PassphraseSource } from '../../domain/servers/server.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { runProgram } from '../../processes/run-program.ts';
import { firstLine, readSecretFile } from '../../source/secret-file.ts';

const MAX_BYTES = 65_536;
const COMMAND_TIMEOUT_MS = 30_000;

/**
 * Calls `use` with the passphrase, and overwrites it afterwards.
 * @throws Failure InvalidConfig that says why there is none, without the passphrase or the output of the command
 */
export async function withPassphrase<T>(source: PassphraseSource, use: (passphrase: Buffer) => T): Promise<T> {
  const bytes = 'file' in source ? await readSecretFile(source.file, 'passphrase') : await outputOf(source.command);
  try {
    const passphrase = firstLine(bytes);
    if (passphrase.length > 0) return use(passphrase);
    const what =
      'file' in source ? `the passphrase file ${source.file}` : 'the output of the command of ssh.passphrase';
    throw new Failure('InvalidConfig', `${what} begins with an empty line instead of a passphrase`);
  } finally {
    bytes.fill(0);
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
