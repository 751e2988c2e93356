import { otherWorkCommand, parseOtherWork } from '../benchmarks/other-work.ts';
import { whyBusy, type QuietLimits } from '../domain/measurements/quiet-limits.ts';
import type { Ask } from './look.ts';

const TIMEOUT_MS = 60_000;

/** Checks several times: work that ends within seconds, such as a cron job, does not make a server busy. */
const DELAYS_SECONDS = [0, 2, 4];

/** Describes other work on a server as one phrase with numbers; null if the server is quiet. */
export async function findOtherWork(ask: Ask, limits: QuietLimits): Promise<string | null> {
  let busy: string | null = null;
  for (const afterSeconds of DELAYS_SECONDS) {
    busy = await lookForOtherWork(ask, limits, afterSeconds);
    if (busy === null) return null;
  }
  return busy;
}

/** Like {@link findOtherWork}, but looks only once. */
export async function lookForOtherWork(ask: Ask, limits: QuietLimits, afterSeconds: number): Promise<string | null> {
  if (limits.cpu === null && limits.gpuProcesses === null) return null;
  const output = await ask(`work.${afterSeconds}`, otherWorkCommand({ afterSeconds }), TIMEOUT_MS);
  return whyBusy(parseOtherWork(output), limits);
}
