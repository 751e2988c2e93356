import { isIPv6 } from 'node:net';
import { printable } from '../../domain/values/untrusted.ts';
import { Refusal } from '../terminal/refusal.ts';

/** Host and port of a Temporal. */
export interface TemporalAddress {
  host: string;
  port: number;
}

const DEFAULT_PORT = 7233;

/** Reads `host`, `host:port` or `[::1]:port`. @throws Refusal for anything else, such as a URL */
export function temporalAddress(written: string): TemporalAddress {
  const shown = printable(written, 200);
  const refuse = (why: string): Refusal =>
    new Refusal(`the address of Temporal, ${shown}, ${why}: correct TEMPORAL_ADDRESS or the Temporal profile`);
  if (isIPv6(written)) throw refuse(`needs brackets: [${written}]:${DEFAULT_PORT}`);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written)?.[0];
  if (scheme !== undefined) throw refuse(`is a URL: write host:port, without ${scheme}`);
  const found = /^(?:\[([0-9a-f.:]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/i.exec(written);
  const port = Number(found?.[3] ?? DEFAULT_PORT);
  if (found === null || port < 1 || port > 65_535) throw refuse('is not of the form host:port');
  return { host: (found[1] ?? found[2])!, port };
}
