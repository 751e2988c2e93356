/** A host with port and account; null: not set. */
export interface Endpoint {
  host: string;
  port: number | null;
  user?: string | null;
}

/**
 * Formats an address for reports, messages and logs: `web-1:22`, `bench@[fe80::1%eth0]:22`, or `::1` without a port. An
 * IPv6 address has brackets if a port follows, as in known_hosts and in a URL.
 */
export function formatEndpoint({ host, port, user = null }: Endpoint): string {
  const account = user === null ? '' : `${user}@`;
  if (port === null) return account + host;
  return `${account}${host.includes(':') ? `[${host}]` : host}:${port}`;
}
