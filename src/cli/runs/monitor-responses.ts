import type { Client } from '@temporalio/client';
import { lastPollTime, silenceText } from './wait-for-worker.ts';

const CHECK_INTERVAL_MS = 1_000;
/** After this time without an answer, Temporal is asked for the worker's last poll. */
const BEGINS_AFTER_MS = 2_000;
/** Together with the call that tells Temporal and the worker apart, the report comes within 20 s. */
const REPORT_AFTER_MS = 15_000;
/** A worker that still polls may be busy: it is reported only after this time. */
const BUSY_AFTER_MS = 60_000;

export type Unresponsive = 'Temporal' | 'worker';

export interface ResponseMonitor {
  /** Restarts the clock: an answer has arrived. */
  answered: () => void;
  /** Whether Temporal or the worker does not answer; null if unknown. */
  missing: () => Promise<Unresponsive | null>;
  stop: () => void;
}

/**
 * Reports which one does not answer, Temporal or the worker: first after 15 s, then after twice as long each time; and reports
 * when answers arrive again. Uses only the local clock: a worker without a new poll since the last answer is missing.
 */
export function monitorResponses(client: Client, address: string, say: (line: string) => unknown): ResponseMonitor {
  let since = performance.now();
  let nextReport = REPORT_AFTER_MS;
  let pollBefore: number | null | undefined;
  let reported: Unresponsive | null = null;
  let isChecking = false;

  const findMissing = async (): Promise<Unresponsive | null> => {
    const begin = since;
    const poll = await lastPollTime(client).catch(() => 'Temporal' as const);
    if (begin !== since) return null; // an answer arrived meanwhile
    if (poll === 'Temporal') return poll;
    if (pollBefore !== undefined) return poll === pollBefore ? 'worker' : null;
    pollBefore = poll;
    return null;
  };
  const report = async (): Promise<void> => {
    const begin = since;
    const missing = await findMissing();
    const silentMs = performance.now() - begin;
    if (begin !== since || silentMs < nextReport || (missing === null && silentMs < BUSY_AFTER_MS)) return;
    const seconds = Math.floor(silentMs / 1000);
    const busy = `the worker is connected, but has not answered for ${seconds} s: still waiting for it`;
    say(missing === null ? busy : silenceText(missing, address, silentMs));
    reported = missing;
    nextReport = silentMs * 2;
  };
  const timer = setInterval(() => {
    if (isChecking || performance.now() - since < BEGINS_AFTER_MS) return;
    isChecking = true;
    void report().finally(() => (isChecking = false));
  }, CHECK_INTERVAL_MS);
  return {
    answered() {
      if (reported !== null) say(`The ${reported} has answered.`);
      since = performance.now();
      nextReport = REPORT_AFTER_MS;
      pollBefore = undefined;
      reported = null;
    },
    missing: async () => (performance.now() - since < BEGINS_AFTER_MS ? null : findMissing()),
    stop: () => clearInterval(timer),
  };
}
