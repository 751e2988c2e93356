/** What a run of a peer takes: time, and CPU time here and on the servers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FleetReport } from '../../../src/domain/reports/fleet-report.ts';
import { killWithThisProcess } from '../../support/processes.ts';
import { cpuSeconds } from '../cpu-seconds.ts';
import type { Command } from './commands.ts';
import { readRecord } from '../record.ts';
import { sessionsOf } from '../sshd-sessions.ts';
import { temporalPid } from '../temporal-pid.ts';
import type { Stage } from './stage.ts';

export interface Measured {
  /** Of the run: without the start and the end of the program where it tells them apart. */
  seconds: number;
  commandSeconds: number;
  maxConcurrency: number;
  /** All processes of the peer, without Temporal. */
  cpuSeconds: number;
  temporalCpuSeconds: number;
  /** The SSH sessions with what runs in them, and not what was detached from them. */
  serverCpuSeconds: number;
}

interface Usage {
  exitCode: number;
  seconds: number;
  cpuSeconds: number;
}

const SAMPLE_MS = 200;

/** @throws Error if the peer fails, or if not all commands ran */
export async function measure(command: Command, stage: Stage): Promise<Measured> {
  if (command.isSecond) {
    await runToEnd(command, stage);
    rmSync(stage.record);
  }
  const sessions = sessionsOf(stage.sshd);
  const before = sessions.cpuSeconds();
  const ended = new AbortController();
  const sampled = command.temporalState === undefined ? 0 : temporalCpu(command.temporalState, ended.signal);
  const usage = await runToEnd(command, stage).finally(async () => {
    ended.abort();
    await sessions.end();
  });

  const { commands, maxConcurrency } = readRecord(existsSync(stage.record) ? readFileSync(stage.record, 'utf8') : '');
  if (commands !== stage.expectedCommands) throw new Error(`${commands} of ${stage.expectedCommands} commands ended`);
  const isOurs = command.temporalState !== undefined;
  const temporalCpuSeconds = await sampled;
  return {
    seconds: isOurs ? (JSON.parse(readFileSync(stage.output, 'utf8')) as FleetReport).seconds : usage.seconds,
    commandSeconds: usage.seconds,
    maxConcurrency,
    cpuSeconds: usage.cpuSeconds - temporalCpuSeconds,
    temporalCpuSeconds,
    serverCpuSeconds: sessions.cpuSeconds() - before,
  };
}

/** @throws Error with the last messages if it fails, or takes too long */
async function runToEnd({ line, env }: Command, { folder, output, timeoutMs }: Stage): Promise<Usage> {
  const [usageFile, messages] = [join(folder, 'usage.json'), join(folder, 'messages')];
  const [stdout, stderr] = [openSync(output, 'w'), openSync(messages, 'w')];
  const child = spawn('python3', [join(import.meta.dirname, 'usage.py'), usageFile, ...line], {
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout, stderr],
    detached: true,
  });
  closeSync(stdout);
  closeSync(stderr);
  const endGroup = (): unknown => process.kill(-child.pid!, 'SIGTERM');
  killWithThisProcess(child, endGroup);
  const timeout = setTimeout(endGroup, timeoutMs);
  const begin = performance.now();
  await once(child, 'close').finally(() => clearTimeout(timeout));
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as Usage;
  if (usage.exitCode === 0) return usage;
  const timedOut = performance.now() - begin >= timeoutMs ? `, ended after ${timeoutMs / 1000} s` : '';
  const lines = readFileSync(messages, 'utf8').trim().split('\n').slice(-20);
  throw new Error(`exit status ${usage.exitCode}${timedOut}\n${lines.join('\n')}`);
}

/** CPU seconds of the Temporal server with this state folder. It is no child of this process, so it is sampled until the end. */
async function temporalCpu(state: string, ended: AbortSignal): Promise<number> {
  let pid: number | undefined;
  let seconds = 0;
  while (!ended.aborted) {
    await delay(SAMPLE_MS);
    pid ??= temporalPid(state);
    try {
      if (pid !== undefined) seconds = cpuSeconds(pid).own;
    } catch {
      return seconds; // it has ended
    }
  }
  return seconds;
}
