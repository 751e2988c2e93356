import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { isIP } from 'node:net';
import { printable } from '../../domain/values/untrusted.ts';
import { Refusal } from '../terminal/refusal.ts';

export interface MetricsAddress {
  /** An IP address. */
  host: string;
  /** 0: any free one. */
  port: number;
}

export interface MetricsOptions {
  metricsPort?: number | undefined;
}

export const metricsOption = new Option(
  '--metrics-port <n>',
  'serve /metrics, /healthz and /readyz at this port of 127.0.0.1 (default: FLEETMARK_METRICS=ADDRESS:PORT, else off)'
).argParser(port);

const LOOPBACK = '127.0.0.1';

/** Where to serve metrics; null: nowhere. The option overrides the environment. @throws Refusal for an invalid address */
export function metricsAddress({ metricsPort }: MetricsOptions, env: NodeJS.ProcessEnv): MetricsAddress | null {
  if (metricsPort !== undefined) return { host: LOOPBACK, port: metricsPort };
  const written = env['FLEETMARK_METRICS'];
  if (!written) return null;
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(written) ?? [];
  const host = (bracketed ?? plain ?? '').replace(/^localhost$/, LOOPBACK);
  const version = bracketed === undefined ? 4 : 6;
  if (isIP(host) === version && Number(digits) <= 65_535) return { host, port: Number(digits) };
  const examples = '127.0.0.1:9464, [::1]:9464, or 0.0.0.0:9464 for all interfaces';
  throw new Refusal(
    `FLEETMARK_METRICS is "${printable(written, 200)}": set it to an IP address and a port: ${examples}`
  );
}

/** Whether only this machine can connect to it. */
export function isLoopback({ host }: MetricsAddress): boolean {
  return host.startsWith('127.') || host === '::1';
}

function port(value: string): number {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= 65_535)) throw new InvalidArgumentError('It must be a port from 1 to 65535, or 0 for any free one.');
  return number;
}
