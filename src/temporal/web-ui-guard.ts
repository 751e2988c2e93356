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
export function webUiRefusal(request: WebUiRequest): string | null {
  return targetRefusal(request) ?? hostRefusal(request) ?? siteRefusal(request);
}

/** Only against cross-site requests: for a server that has other names, and that others can reach anyway. */
export function crossSiteRefusal(request: WebUiRequest): string | null {
  return targetRefusal(request) ?? siteRefusal(request);
}

function targetRefusal(request: WebUiRequest): string | null {
  if (!request.url.startsWith('/')) return 'the request names a host in its target';
  return valuesOf(request, 'host').length === 1 ? null : 'the request must have exactly one Host header';
}

function hostRefusal(request: WebUiRequest): string | null {
  const isOwn = OWN_NAMES.includes(hostOf(request).replace(/:\d{1,5}$/, ''));
  return isOwn ? null : 'the Host header is not of this machine';
}

function siteRefusal(request: WebUiRequest): string | null {
  const all = (name: string): string[] => valuesOf(request, name);
  const origins = all('origin');
  if (origins.length > 0) {
    const isOwn = origins.every((origin) => origin.toLowerCase() === `http://${hostOf(request)}`);
    return isOwn ? null : 'the Origin header is of another site';
  }
  const isOwnSite = all('sec-fetch-site').every((site) => site === 'same-origin' || site === 'none');
  const { method } = request;
  const isLink = method === 'GET' && all('sec-fetch-mode')[0] === 'navigate' && all('sec-fetch-dest')[0] === 'document';
  return isOwnSite || isLink ? null : 'the request comes from another site';
}

function hostOf(request: WebUiRequest): string {
  return valuesOf(request, 'host')[0]!.toLowerCase();
}

function valuesOf({ rawHeaders }: WebUiRequest, name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === name);
}
