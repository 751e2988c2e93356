/** A host with the port and the account that are used there; null where one of them is left open. */
export interface Endpoint {
  host: string;
  port: number | null;
  user?: string | null;
}

/**
 * The one way in which an address is written, in reports, messages and logs alike: `web-1:22`, `bench@[fe80::1%eth0]:22`,
 * and `::1` without a port. An IPv6 address has brackets where a port follows, as in known_hosts and in a URL.
 */
export function formatEndpoint({ host, port, user = null }: Endpoint): string {
  const account = user === null ? '' : `${user}@`;
  if (port === null) return account + host;
  return `${account}${host.includes(':') ? `[${host}]` : host}:${port}`;
}
