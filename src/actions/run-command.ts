import type { CommandTarget } from '../domain/actions/action.ts';
import type { ActionMessage, CallAttempt } from '../domain/actions/runner.ts';
import { printable } from '../domain/values/untrusted.ts';
import { hasProgram } from '../processes/find-executable.ts';
import { runProgram } from '../processes/run-program.ts';
import { messageJson } from '../reports/messages/message-json.ts';

const MAX_OUTPUT_BYTES = 64 * 1024;
const MAX_LINE = 200;

/**
 * Runs the command or the undo of an action, without a shell: ids are in its environment, and the whole message on its
 * standard input. Its process group ends with it, and with this worker.
 * @param env - of the worker, without secrets
 */
export async function runCommand(
  { command, undo, timeoutMs }: CommandTarget,
  message: ActionMessage,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal
): Promise<CallAttempt> {
  const isUndo = message.servers.every(({ change }) => change === 'recovered');
  const [program, ...args] = isUndo ? (undo ?? []) : command;
  if (program === undefined) return { failed: 'the action has no undo any more', isRetried: false };
  if (!(await hasProgram(program, env['PATH'])))
    return { failed: `${program} cannot be run: this worker does not have it`, isRetried: false };
  const limits = { limitMs: timeoutMs, maxBytes: MAX_OUTPUT_BYTES, keepsEnd: true, isWatched: true };
  const stdin = messageJson(message);
  const ended = await runProgram({ program, args, stdin, env: { ...env, ...idsOf(message) }, signal, ...limits });
  const said = lastLine(ended.stderr) ?? lastLine(ended.stdout);
  if (ended.problem === null) return { done: lastLine(ended.stdout) };
  const failed = [`${program} ${ended.problem}`, ...(said === null ? [] : [said])].join(': ');
  const wasStarted = !ended.problem.startsWith('cannot be run');
  return { failed, isRetried: ended.status !== null, isUnknown: wasStarted && ended.status === null };
}

function idsOf({ id, action, run, servers }: ActionMessage): Record<string, string> {
  const [first] = servers;
  const ofServer =
    servers.length === 1 && first !== undefined
      ? {
          FLEETMARK_SERVER: first.row.serverId,
          FLEETMARK_VERDICT: first.row.verdict,
          FLEETMARK_CLASS: first.row.hardwareClass ?? '',
        }
      : {};
  return {
    ...{ FLEETMARK_CALL: id, FLEETMARK_ACTION: action, FLEETMARK_RUN: run.run },
    ...{ FLEETMARK_TEMPORAL_RUN: run.temporalRunId, FLEETMARK_CHANGE: first?.change ?? '' },
    ...ofServer,
  };
}

function lastLine(output: Buffer): string | null {
  const lines = output.toString().split('\n');
  const last = lines.findLast((line) => line.trim() !== '');
  return last === undefined ? null : printable(last, MAX_LINE);
}
