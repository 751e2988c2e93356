import { Failure } from '../failures/failure.ts';
import { isObject, isText } from '../values/json-value.ts';
import { printable } from '../values/untrusted.ts';

/** Who measures a machine, as others that come to it are told. */
export interface GuardHolder {
  /** Of the server, and the run id of that. */
  workflowId: string;
  runId: string;
  /** The run that it belongs to. */
  run: string;
  /** Where the worker is. */
  workerHost: string;
  /** ISO 8601, by the clock of that worker. */
  since: string;
}

/** The guard of a machine is not held by the run that wants to start a job there. */
export class GuardNotHeld extends Failure {
  constructor() {
    super('ServerBusy', 'another run has begun to measure this server meanwhile');
  }
}

/** One line of ASCII. */
export function holderText(holder: Omit<GuardHolder, 'runId'>): string {
  const short = Object.entries(holder).map(([name, value]) => [name, printable(value, 120)]);
  return JSON.stringify(Object.fromEntries(short)).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}

/** What a server says of a holder. Untrusted: what cannot be read is told as unknown. */
export function readHolder(runId: string, text: string): GuardHolder {
  let told: unknown = null;
  try {
    told = JSON.parse(text);
  } catch {
    // the run is known all the same
  }
  const value = (name: string): string => {
    const said = isObject(told) ? told[name] : null;
    return isText(said) && said !== '' ? printable(said, 120) : 'unknown';
  };
  const [workflowId, run, workerHost, since] = ['workflowId', 'run', 'workerHost', 'since'].map(value);
  return { workflowId: workflowId!, runId, run: run!, workerHost: workerHost!, since: since! };
}

export const MEASURED_BY = 'another run is measuring this server';

/** `another run is measuring this server: fleet-1, from the worker laptop, since 2026-11-28T23:00:00Z` */
export function heldBy({ run, workflowId, workerHost, since }: GuardHolder): string {
  return `${MEASURED_BY}: ${run} (${workflowId}), from the worker ${workerHost}, since ${since}`;
}
