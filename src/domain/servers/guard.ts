import { Failure } from '../failures/failure.ts';
import { isObject, isText } from '../values/json-value.ts';
import { printable } from '../values/untrusted.ts';

/** The run that measures a machine, as other runs see it. */
export interface GuardHolder {
  /** Workflow of the server; `runId` is its run id. */
  workflowId: string;
  runId: string;
  /** The workflow id of the fleet run. */
  run: string;
  workerHost: string;
  /** ISO 8601, by that worker's clock. */
  since: string;
}

/** A run tried to start a job on a machine without holding its guard. */
export class GuardNotHeld extends Failure {
  constructor() {
    super('ServerBusy', 'another run has started to measure this server');
  }
}

/** The holder as one line of ASCII. */
export function holderText(holder: Omit<GuardHolder, 'runId'>): string {
  const short = Object.entries(holder).map(([name, value]) => [name, printable(value, 120)]);
  return JSON.stringify(Object.fromEntries(short)).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}

/** Reads the holder from a server, untrusted. Unreadable fields are `unknown`. */
export function readHolder(runId: string, text: string): GuardHolder {
  let holder: unknown = null;
  try {
    holder = JSON.parse(text);
  } catch {
    // only the run id is known
  }
  const value = (name: string): string => {
    const field = isObject(holder) ? holder[name] : null;
    return isText(field) && field !== '' ? printable(field, 120) : 'unknown';
  };
  const [workflowId, run, workerHost, since] = ['workflowId', 'run', 'workerHost', 'since'].map(value);
  return { workflowId: workflowId!, runId, run: run!, workerHost: workerHost!, since: since! };
}

export const MEASURED_BY = 'another run is measuring this server';

/** `another run is measuring this server: fleet-1, from the worker laptop, since 2026-11-28T23:00:00Z` */
export function heldBy({ run, workflowId, workerHost, since }: GuardHolder): string {
  return `${MEASURED_BY}: ${run} (${workflowId}), from the worker ${workerHost}, since ${since}`;
}
