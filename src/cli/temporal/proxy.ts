import { isIP, isIPv4 } from 'node:net';
import { Refusal } from '../terminal/refusal.ts';

/** An HTTP proxy that is used with CONNECT. */
export interface Proxy {
  /** The environment variable that names it. */
  variable: string;
  host: string;
  port: number;
  credentials: { username: string; password: string } | null;
}

const variables = ['grpc_proxy', 'https_proxy', 'http_proxy', 'all_proxy'];
const exceptions = ['no_grpc_proxy', 'no_proxy'];

/**
 * The proxy for a host, from the variables that gRPC and curl read, in lower or upper case; null: none. Loopback
 * addresses never use a proxy.
 * @throws Refusal if the value is invalid or unsupported; the message does not contain the password
 */
export function proxyFor(host: string, env: Readonly<Record<string, string | undefined>>): Proxy | null {
  if (isLoopback(host)) return null;
  const set = (names: string[]): [string, string] | undefined =>
    names
      .flatMap((name) => [name, name.toUpperCase()])
      .map((name): [string, string] => [name, env[name] ?? ''])
      .find(([, value]) => value !== '');
  const [variable, value] = set(variables) ?? [];
  if (variable === undefined || value === undefined) return null;
  const [, list = ''] = set(exceptions) ?? [];
  return list.split(/[\s,]+/).some((entry) => matchesException(entry, host)) ? null : parse(variable, value);
}

export function isLoopback(host: string): boolean {
  return /^(localhost|.*\.localhost|::1|::ffff:127\..*)$/i.test(host) || (isIPv4(host) && host.startsWith('127.'));
}

/** An entry of `no_proxy`: a domain with its subdomains, an IP address, a CIDR range, or `*`. */
function matchesException(entry: string, host: string): boolean {
  if (entry === '' || entry === '*') return entry === '*';
  const [range, bits] = entry.split('/') as [string, string?];
  if (bits !== undefined) return isIPv4(range) && isIPv4(host) && isInRange(host, range, Number(bits));
  if (isIP(host) !== 0) return entry.replace(/^\[|\]$/g, '') === host;
  const domain = entry.replace(/^\*?\./, '').toLowerCase();
  return `.${host.toLowerCase()}`.endsWith(`.${domain}`);
}

function isInRange(host: string, range: string, bits: number): boolean {
  const number = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - bits);
  return Math.floor(number(host) / size) === Math.floor(number(range) / size);
}

function parse(variable: string, value: string): Proxy {
  const written = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(written)) throw new Refusal(`${variable} is not the address of a proxy: write http://host:port`);
  const url = new URL(written);
  if (url.protocol !== 'http:') {
    throw new Refusal(
      `${variable} names a proxy by ${url.protocol}//, which is unsupported: write http://host:port, ` +
        'or set no_proxy to the host of Temporal'
    );
  }
  const [username, password] = [url.username, url.password].map((part) => decoded(part, variable)) as [string, string];
  return {
    variable,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 80),
    credentials: username === '' ? null : { username, password },
  };
}

function decoded(part: string, variable: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(`${variable} has an invalid "%" in its user or password: write %25 for a literal %`);
  }
}
