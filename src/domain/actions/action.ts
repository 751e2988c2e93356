import { decimal, percentOf } from '../values/decimal.ts';
import type { SecretReference } from '../values/secret-reference.ts';
import type { Verdict } from '../verdicts/verdict.ts';

/** Verdicts that an action can be about. */
export const actionVerdicts = ['fail', 'error'] as const satisfies readonly Verdict[];

export type ActionVerdict = (typeof actionVerdicts)[number];

/** What happened to a server, for an action: it now has one of its verdicts, or it passes again. */
export type ServerChange = 'failed' | 'recovered';

/** An action of `fleetmark.yaml`, with all defaults filled in. Only workers have it. */
export interface ActionSettings {
  name: string;
  verdicts: readonly ActionVerdict[];
  /** Whether it is called when a server passes again. */
  onRecovery: boolean;
  /** One call for all servers of a run, or one for each. */
  per: 'run' | 'server';
  /** Whether failed servers are not left until the end of the run. */
  asServersEnd: boolean;
  /** The maximum of servers of a class that it has acted on; null: no maximum. */
  limit: ActionLimit | null;
  dryRun: boolean;
  does: ActionTarget;
}

export type ActionLimit = { share: number } | { servers: number };

export type ActionTarget = WebhookTarget | SlackTarget | CommandTarget;

export interface WebhookTarget {
  kind: 'webhook';
  url: string | SecretReference;
  /** Signs each request. */
  secret: SecretReference;
}

/** An incoming webhook of Slack, or of a chat that accepts the same. Its URL is the secret. */
export interface SlackTarget {
  kind: 'slack';
  url: SecretReference;
}

/** Programs with their arguments, run on the worker without a shell. */
export interface CommandTarget {
  kind: 'command';
  command: readonly string[];
  /** For servers that pass again; null: nothing is done. */
  undo: readonly string[] | null;
  timeoutMs: number;
}

/** How many servers of a class with this many servers an action may have acted on. */
export function allowedServers(limit: ActionLimit, ofClass: number): number {
  return 'servers' in limit ? limit.servers : Math.floor(decimal(limit.share * ofClass));
}

/** `5 %`, `2 servers` */
export function limitText(limit: ActionLimit): string {
  if ('share' in limit) return `${percentOf(limit.share)} %`;
  return limit.servers === 1 ? '1 server' : `${limit.servers} servers`;
}
