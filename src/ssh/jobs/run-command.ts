import { randomBytes } from 'node:crypto';
import { Failure } from '../../domain/failures/failure.ts';
import type { CommandRequest, JobResult, Ssh } from '../../domain/jobs/job.ts';
import { tooMuchOutput } from '../../domain/jobs/output-limit.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { withTimeout } from '../../waiting/with-timeout.ts';
import { signalOf } from '../connections/shell-exit.ts';
import type { Answer } from './answer-reader.ts';
import { ask } from './send-verb.ts';
import { createAsker } from './verb-sender.ts';
import type { AskerDependencies } from './verb-sender.ts';
import { leftoverOf, leftoverText } from './job-view.ts';

/** Linux takes 128 KiB for one argument, and the command is the argument of a shell. */
const MAX_COMMAND_BYTES = 120_000;
/** For the server to kill what is left of a command. */
const END_TIMEOUT_MS = 8_000;

/** Short commands that end with their connection, as the port `Ssh.runCommand` promises. */
export function createInspections(dependencies: AskerDependencies): Ssh['runCommand'] {
  const { shell, log, limits } = dependencies;

  return async (request) => {
    const { serverId, commandId, command, timeoutMs, signal } = request;
    checkLength(command);
    const values = { LOOK: randomBytes(16).toString('hex'), ID: commandId, COMMAND: command };
    const bounds = { timeoutMs, outputBytes: limits.outputBytes };
    const question = { verb: 'inspect', values, ms: limits.answerMs, command: bounds, signal } as const;
    let askedAt: number | null = null;
    try {
      const answer = await shell(request, signal, (channel, connection) => {
        askedAt = performance.now();
        return ask(channel, connection, question);
      });
      return resultOf(answer, (performance.now() - askedAt!) / 1000);
    } catch (error) {
      const isAborted = signal.aborted && error === signal.reason;
      if (askedAt === null || !(isAborted || mayRunOn(error))) throw error;
      const so = await endOf(request, values.LOOK);
      log.info({ serverId, commandId }, `the command was stopped${so}`);
      if (isAborted || !mayRunOn(error)) throw error;
      if (error.kind === 'UnreadableOutput') throw tooMuchOutput('the command', so, limits.outputBytes);
      throw new Failure(error.kind, error.message + so);
    }
  };

  /** What became of a command that is to end, as words. */
  async function endOf({ serverId, target }: CommandRequest, LOOK: string): Promise<string> {
    try {
      const answer = await withTimeout(END_TIMEOUT_MS, (signal) =>
        createAsker(dependencies, { serverId, target, signal })('end_inspect', { LOOK }, 0)
      );
      return leftoverText(leftoverOf(answer)) || ', and was killed';
    } catch {
      return ', and may run on: its server did not answer';
    }
  }
}

function checkLength(command: string): void {
  const bytes = Buffer.byteLength(command);
  if (bytes <= MAX_COMMAND_BYTES) return;
  const limit = `more than the ${MAX_COMMAND_BYTES} that a shell takes`;
  throw new Failure('InvalidConfig', `the command is ${bytes} bytes long, ${limit}`);
}

function resultOf({ values, out, err }: Answer, seconds: number): JobResult {
  const text = values.get('status') ?? '';
  if (!/^\d{1,3}$/.test(text)) {
    throw new Failure('HostUnsuitable', `its answer about a command makes no sense: ${printable(text, 80)}`);
  }
  const status = Number(text);
  const signal = signalOf(status);
  const exitCode = signal === null ? status : null;
  return { exitCode, signal, stdout: out.toString('utf8'), stderr: err.toString('utf8'), truncated: false, seconds };
}

function mayRunOn(error: unknown): error is Failure {
  return error instanceof Failure && ['BenchmarkTimedOut', 'UnreadableOutput'].includes(error.kind);
}
