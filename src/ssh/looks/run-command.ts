import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import type { CommandRequest, JobResult } from '../../domain/jobs/job.ts';
import type { Logger } from '../../logging/logger.ts';
import { CappedOutput } from './capped-output.ts';
import type { Connection } from '../connections/connect.ts';
import { firstOf } from '../../waiting/first-of.ts';
import { FrameReader } from './frame-reader.ts';
import { commandScript } from './command-script.ts';
import { asExit, shellFailure } from '../connections/shell-exit.ts';
import type { ChannelExit } from '../connections/shell-exit.ts';
import { sweepGroup } from './sweep-group.ts';

export interface CommandLimits {
  /** Kept of each stream. */
  outputBytes: number;
  /** Of both streams together: what prints more is stopped. */
  floodBytes: number;
  /** From the channel to the begin line: login files can be slow. */
  beginMs: number;
  /** From the end of the command, or of our input, to the end of the channel. */
  endMs: number;
}

export const commandLimits: CommandLimits = {
  outputBytes: 256 * 1024,
  floodBytes: 64_000_000,
  beginMs: 30_000,
  endMs: 4_000,
};

/** Runs a command in an open shell, as the port `Ssh.runCommand` promises. */
export async function runInShell(
  channel: ClientChannel,
  connection: Connection,
  { commandId, command, timeoutMs, signal, onProgress }: CommandRequest,
  log: Logger,
  limits: CommandLimits = commandLimits
): Promise<JobResult> {
  const nonce = randomBytes(16).toString('hex');
  const stdout = new CappedOutput(limits.outputBytes);
  const stderr = new CappedOutput(limits.outputBytes);
  const keepIn = (output: CappedOutput) => (content: Buffer) => {
    output.push(content);
    const outputBytes = stdout.bytes + stderr.bytes;
    if (outputBytes > limits.floodBytes) onFlood();
    onProgress?.({ outputBytes });
  };
  let onBegin = () => {};
  let onEnd = () => {};
  let onFlood = () => {};
  const begun = new Promise<'begun'>((resolve) => (onBegin = () => resolve('begun')));
  const ended = new Promise<'ended'>((resolve) => (onEnd = () => resolve('ended')));
  const flooded = new Promise<'flooded'>((resolve) => (onFlood = () => resolve('flooded')));
  const out = new FrameReader(nonce, { onContent: keepIn(stdout), onBegin, onEnd });
  const err = new FrameReader(nonce, { onContent: keepIn(stderr) });
  const closed = readToEnd(channel, out, err);
  channel.write(commandScript(nonce, commandId, command));

  const start = await firstOf<'begun' | ChannelExit>([begun, closed], { ms: limits.beginMs, signal });
  if (typeof start === 'object') throw shellFailure(start, connection, out.noise + err.noise);
  const startedAt = performance.now();
  const end =
    start === 'begun'
      ? await firstOf<'flooded' | 'ended' | ChannelExit>([flooded, ended, closed], { ms: timeoutMs, signal })
      : start;
  const seconds = (performance.now() - startedAt) / 1000;

  if (end === 'aborted' || end === 'timeout' || end === 'flooded') {
    channel.end(); // the watchdog sees it and kills the group
    const obeyed = await firstOf([closed], { ms: limits.endMs });
    channel.destroy();
    const left = out.group === null ? null : await sweepGroup(connection, out.group, limits.endMs);
    log.info({ commandId, left }, 'command killed');
    if (left !== 0 && out.group !== null) log.warn({ commandId, left }, 'the end of its processes is not certain');
    if (end === 'aborted') throw signal.reason;
    if (start === 'timeout') throw shellFailure('silent', connection, out.noise + err.noise);
    // What still prints after all that would be read for as long as the connection lasts.
    if (end === 'flooded' && obeyed === 'timeout') connection.destroy();
    const rest = left ? ` and could not be killed (${left} processes are left)` : ', and was killed';
    if (end === 'flooded') {
      throw new Failure('UnreadableOutput', `the command printed more than ${limits.floodBytes / 1e6} MB${rest}`);
    }
    throw new Failure('BenchmarkTimedOut', `the command was still running after ${timeoutMs / 1000} s${rest}`);
  }

  const exit = typeof end === 'object' ? end : await firstOf([closed], { ms: limits.endMs });
  channel.destroy(); // a process that left the group may still hold it open
  const status = out.status ?? (typeof exit === 'object' ? exit : null);
  return {
    ...asExit(status, connection),
    stdout: stdout.text(),
    stderr: stderr.text(),
    truncated: stdout.truncated || stderr.truncated,
    seconds,
  };
}

/** Both streams must be read whatever comes, or the channel never closes. */
function readToEnd(channel: ClientChannel, out: FrameReader, err: FrameReader): Promise<ChannelExit> {
  channel.on('data', (chunk: Buffer) => out.push(chunk));
  channel.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve) => {
    channel.once('close', (code?: number | null, signal?: string) => {
      out.finish();
      err.finish();
      resolve({ code, signal: signal ?? null });
    });
  });
}
