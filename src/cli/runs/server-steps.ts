import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { serverWorkflowId } from '../../domain/servers/server.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { FleetProgress } from '../../domain/reports/fleet-progress.ts';

const CALL_LIMIT_MS = 2_000;
const MAX_SERVERS = 10;

/** What the longest-running servers do, by id: `cpu, sample 2 of 3`. */
export type ServerSteps = ReadonlyMap<string, string>;

/**
 * Returns a function that gets the last known steps at once, and asks Temporal for newer ones.
 * @param intervalMs - each question costs Temporal a few milliseconds for each server
 */
export function serverSteps(client: Client, intervalMs: number): (running: FleetProgress['running']) => ServerSteps {
  let known: ServerSteps = new Map();
  let isAsking = false;
  let askedAt = Number.MIN_SAFE_INTEGER;
  const ask = async (serverIds: readonly string[]): Promise<void> => {
    isAsking = true;
    askedAt = performance.now();
    const found = await Promise.all(serverIds.map(async (id) => [id, await stepOf(client, id)] as const));
    known = new Map(found.flatMap(([id, step]) => (step === null ? [] : [[id, step]])));
    isAsking = false;
  };
  return (running) => {
    if (!isAsking && performance.now() - askedAt > intervalMs && running.length > 0) {
      const longest = [...running].sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
      void ask(longest.slice(0, MAX_SERVERS).map(({ serverId }) => serverId));
    }
    return known;
  };
}

/** Null: unknown. */
async function stepOf(client: Client, serverId: string): Promise<string | null> {
  const handle = client.workflow.getHandle(serverWorkflowId(serverId));
  const described = client.withDeadline(Date.now() + CALL_LIMIT_MS, () => handle.describe());
  const { raw } = await described.catch(() => ({ raw: null }));
  const texts = (raw?.pendingActivities ?? []).flatMap(({ activityId, activityType, heartbeatDetails }) => {
    const payload = heartbeatDetails?.payloads?.at(-1);
    return stepText(activityType?.name ?? '', activityId ?? '', payload ? detailsOf(payload) : null) ?? [];
  });
  return texts[0] ?? null;
}

function detailsOf(payload: Parameters<typeof defaultPayloadConverter.fromPayload>[0]): unknown {
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch {
    return null; // of another converter
  }
}

/** `cpu, sample 2 of 3` from the heartbeat of a benchmark; before its first one, from its activity: `cpu`. */
export function stepText(activity: string, activityId: string, heartbeat: unknown): string | null {
  if (activity === 'prepareServer') return 'connecting';
  if (activity === 'releaseServer') return 'cleaning up';
  if (!activity.startsWith('benchmark')) return null;
  const benchmark = printable(activityId.split('#')[0]!, 60);
  const { sample } = (heartbeat ?? {}) as { sample?: unknown };
  return typeof sample === 'string' ? `${benchmark}, sample ${printable(sample, 20)}` : benchmark;
}
