/** The parts of a request that show whether it comes from this machine. */
export interface WebUiRequest {
  method: string;
  url: string;
  /** Alternating names and values, with duplicates. */
  rawHeaders: readonly string[];
}

const OWN_NAMES: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Why a request is refused; null if it is allowed. Protects against other web sites: a DNS rebinding request has a foreign
 * Host header, a cross-site request has a foreign Origin header or a Sec-Fetch-Site header.
 */
export function webUiRefusal({ method, url, rawHeaders }: WebUiRequest): string | null {
  const all = (name: string): string[] =>
    rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === name);
  const hosts = all('host');
  const [host] = hosts;
  if (!url.startsWith('/')) return 'the request names a host in its target';
  if (host === undefined || hosts.length > 1) return 'the request must have exactly one Host header';
  if (!OWN_NAMES.includes(host.toLowerCase().replace(/:\d{1,5}$/, ''))) return 'the Host header is not of this machine';
  const origins = all('origin');
  if (origins.length > 0) {
    const isOwn = origins.every((origin) => origin.toLowerCase() === `http://${host.toLowerCase()}`);
    return isOwn ? null : 'the Origin header is of another site';
  }
  const isOwnSite = all('sec-fetch-site').every((site) => site === 'same-origin' || site === 'none');
  const isLink = method === 'GET' && all('sec-fetch-mode')[0] === 'navigate' && all('sec-fetch-dest')[0] === 'document';
  return isOwnSite || isLink ? null : 'the request comes from another site';
}
