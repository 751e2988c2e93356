import { otherWorkCommand, parseOtherWork } from '../benchmarks/other-work.ts';
import type { Ssh } from '../domain/jobs/job.ts';
import { whyBusy, type QuietLimits } from '../domain/measurements/quiet-limits.ts';
import { look, type Server } from './look.ts';

const TIMEOUT_MS = 60_000;

/** Checks several times: work that ends within seconds, such as a cron job, does not make a server busy. */
const DELAYS_SECONDS = [0, 2, 4];

/** Describes other work on a server as one phrase with numbers; null if the server is quiet. */
export async function findOtherWork(ssh: Ssh, server: Server, limits: QuietLimits): Promise<string | null> {
  if (limits.cpu === null && limits.gpuProcesses === null) return null;
  let busy: string | null = null;
  for (const [index, afterSeconds] of DELAYS_SECONDS.entries()) {
    const command = otherWorkCommand({ afterSeconds });
    const { stdout } = await look(ssh, server, { name: `work.${index + 1}`, command, timeoutMs: TIMEOUT_MS });
    busy = whyBusy(parseOtherWork(stdout), limits);
    if (busy === null) return null;
  }
  return busy;
}
