import { randomInt } from 'node:crypto';
import { freePorts } from '../processes/ports.ts';

/** Where a server that trusts every web page listens: web pages cannot find it. */
export interface HiddenAddress {
  host: string;
  port: number;
}

/** A random one of 16 million loopback addresses, with a free port. */
export async function chooseHiddenAddress(): Promise<HiddenAddress> {
  const host = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
  return { host, port: (await freePorts(1, host))[0]! };
}
