import { Failure } from '../../domain/failures/failure.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { runProgram } from '../../processes/run-program.ts';

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 64 * 1024;

/**
 * What a command of the configuration writes, run here by /bin/sh. What it says on stderr is told where it fails, without
 * what it wrote; the command itself never is, as it may hold a secret.
 * @throws Failure InvalidConfig
 */
export async function outputOf(command: string, limitMs = TIMEOUT_MS): Promise<Buffer> {
  const shell = { program: '/bin/sh', args: ['-c', command], limitMs, maxBytes: MAX_BYTES };
  const { problem, stdout, stderr } = await runProgram(shell);
  if (problem === null) return stdout;
  const said = withoutSecrets(stderr.toString(), stdout.toString());
  stdout.fill(0);
  throw new Failure('InvalidConfig', `the command of ssh.passphrase ${problem}${said === '' ? '' : `: ${said}`}`);
}

function withoutSecrets(text: string, secrets: string): string {
  const lines = secrets.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return printable(
    lines.reduce((cut, line) => cut.replaceAll(line.trim(), '***'), text),
    200
  );
}
