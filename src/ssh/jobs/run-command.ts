import { randomBytes } from 'node:crypto';
import { Failure } from '../../domain/failures/failure.ts';
import type { CommandRequest, JobResult, Ssh } from '../../domain/jobs/job.ts';
import { tooMuchOutput } from '../../domain/jobs/output-limit.ts';
import { withTimeout } from '../../waiting/with-timeout.ts';
import { signalOf } from '../connections/shell-exit.ts';
import type { Answer } from './answer-reader.ts';
import { invalidAnswer } from './job-names.ts';
import { leftoverOf, leftoverText } from './job-view.ts';
import { IdleShellLost, sendScript } from './send-script.ts';
import { scriptSenderTo, type ScriptDependencies } from './script-sender.ts';

/** Linux limits one argument to 128 KiB, and the command is an argument of a shell. */
const MAX_COMMAND_BYTES = 120_000;
/** Maximum time for the server to kill the processes of a command. */
const KILL_TIMEOUT_MS = 8_000;

/** Runs short commands that end with their connection, as the port `Ssh.runCommand` promises. */
export function commandRunner(dependencies: ScriptDependencies): Ssh['runCommand'] {
  const { shell, log, limits } = dependencies;
  const senderTo = scriptSenderTo(dependencies);

  return async (request) => {
    const { serverId, commandId, command, timeoutMs, signal } = request;
    checkLength(command);
    const values = { LOOK: randomBytes(16).toString('hex'), ID: commandId, COMMAND: command };
    const bounds = { timeoutMs, outputBytes: limits.outputBytes };
    const script = { scriptName: 'inspect', values, timeoutMs: limits.answerMs, command: bounds, signal } as const;
    let start: number | null = null;
    const run = (): Promise<Answer> =>
      shell(request, signal, (open) => {
        start = performance.now();
        return sendScript(open, script);
      }).catch((error: unknown) => {
        if (error instanceof IdleShellLost) return run();
        throw error;
      });
    try {
      const answer = await run();
      return resultOf(answer, (performance.now() - start!) / 1000);
    } catch (error) {
      const isAborted = signal.aborted && error === signal.reason;
      if (start === null || !(isAborted || mayStillRun(error))) throw error;
      const end = await kill(request, values.LOOK);
      log.info({ serverId, commandId }, `the command was stopped${end}`);
      if (isAborted || !mayStillRun(error)) throw error;
      if (error.kind === 'UnreadableOutput') throw tooMuchOutput('the command', end, limits.outputBytes);
      throw new Failure(error.kind, error.message + end);
    }
  };

  /** Kills the processes of a command. Returns the outcome, for messages. */
  async function kill({ serverId, target }: CommandRequest, LOOK: string): Promise<string> {
    try {
      const answer = await withTimeout(KILL_TIMEOUT_MS, (signal) =>
        senderTo({ serverId, target, signal })('end_inspect', { LOOK }, 0)
      );
      return leftoverText(leftoverOf(answer)) || ', and was killed';
    } catch {
      return ', and may still be running: its server did not answer';
    }
  }
}

function checkLength(command: string): void {
  const bytes = Buffer.byteLength(command);
  const limit = `more than the limit of ${MAX_COMMAND_BYTES}`;
  if (bytes > MAX_COMMAND_BYTES) throw new Failure('InvalidConfig', `the command is ${bytes} bytes long, ${limit}`);
}

function resultOf({ values, out, err }: Answer, seconds: number): JobResult {
  const text = values.get('status') ?? '';
  if (!/^\d{1,3}$/.test(text)) throw invalidAnswer('inspect', values);
  const status = Number(text);
  const signal = signalOf(status);
  const exitCode = signal === null ? status : null;
  return { exitCode, signal, stdout: out.toString('utf8'), stderr: err.toString('utf8'), truncated: false, seconds };
}

function mayStillRun(error: unknown): error is Failure {
  return error instanceof Failure && ['BenchmarkTimedOut', 'UnreadableOutput'].includes(error.kind);
}
