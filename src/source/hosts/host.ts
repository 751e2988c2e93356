import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { domainToASCII } from 'node:url';

const HOST_LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const hostName = new RegExp(`^${HOST_LABEL}(?:\\.${HOST_LABEL})*\\.?$`);

/** A host name, an IPv4 address, or an IPv6 address without brackets, with or without a zone. */
export function isHost(text: string): boolean {
  if (text.length > 253) return false;
  // The resolver would read `10.1` as an IPv4 address.
  if (/^[0-9.]+$/.test(text)) return isIPv4(text);
  return isIPv6(text) || hostName.test(text) || isInternational(text);
}

/**
 * The form in which ssh looks up a host in known_hosts: IPv6 addresses as in RFC 5952 (`0:0:0::1` is `::1`, a zone such as
 * `%eth0` is kept), international names in ASCII. Any other host does not change.
 */
export function canonicalHost(host: string): string {
  const [address = '', zone = ''] = host.split(/(?=%)/);
  if (isIPv6(host)) return new SocketAddress({ address, family: 'ipv6' }).address + zone;
  return /^[\u0000-\u007f]*$/.test(host) ? host : domainToASCII(host);
}

/** A host name with non-ASCII letters, for which the DNS uses an ASCII form. */
function isInternational(text: string): boolean {
  if (!/^[\p{L}\p{M}\p{Nd}._-]+$/u.test(text)) return false;
  const name = domainToASCII(text);
  return hostName.test(name) && !/^[0-9.]+$/.test(name);
}

/** A valid user name: `bench`, `bench@example.com`, `EXAMPLE\bench`. */
export function isUser(text: string): boolean {
  return /^[A-Za-z0-9_](?:[A-Za-z0-9_.@+\\-]{0,98}[A-Za-z0-9_.+-])?$/.test(text);
}

/** 1 to 65535, else null. */
export function readPort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : null;
}

/** Why a text is not the fingerprint of a host key as `ssh-keygen -lf` shows it; null if it is one. */
export function wrongHostKey(text: string): string | null {
  // 256 bits in base64: the last two bits of the last character are zero.
  if (/^SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/.test(text)) return null;
  if (/^(?:MD5:)?[0-9a-f]{2}(?::[0-9a-f]{2}){15}$/i.test(text)) {
    return 'is an MD5 fingerprint, which can be forged; use the SHA256 fingerprint that ssh-keygen -lf shows';
  }
  return 'must be a fingerprint as ssh-keygen -lf shows it: SHA256: and 43 characters of base64';
}
