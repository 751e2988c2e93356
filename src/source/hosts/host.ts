import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { domainToASCII } from 'node:url';

const HOST_LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const hostName = new RegExp(`^${HOST_LABEL}(?:\\.${HOST_LABEL})*\\.?$`);

/** A host name, an IPv4 address, or an IPv6 address without brackets, with or without a zone. */
export function isHost(text: string): boolean {
  if (text.length > 253) return false;
  // Only digits and dots, and not an address: the resolver would make some other address of it.
  if (/^[0-9.]+$/.test(text)) return isIPv4(text);
  return isIPv6(text) || hostName.test(text) || isInternational(text);
}

/**
 * An IPv6 address in the form of RFC 5952, as ssh looks it up in known_hosts: `0:0:0::1` is `::1`. Its zone (`%eth0`) stays
 * as it is. A name with letters of other scripts in its ASCII form, and any other host as it is.
 */
export function canonicalHost(host: string): string {
  const [address = '', zone = ''] = host.split(/(?=%)/);
  if (isIPv6(host)) return new SocketAddress({ address, family: 'ipv6' }).address + zone;
  return /^[\u0000-\u007f]*$/.test(host) ? host : domainToASCII(host);
}

/** A name with letters of other scripts, which the DNS knows in its ASCII form. */
function isInternational(text: string): boolean {
  if (!/^[\p{L}\p{M}\p{Nd}._-]+$/u.test(text)) return false;
  const name = domainToASCII(text);
  return hostName.test(name) && !/^[0-9.]+$/.test(name);
}

/** What an account may be called here: `bench`, `bench@example.com`, `EXAMPLE\bench`. */
export function isUser(text: string): boolean {
  return /^[A-Za-z0-9_](?:[A-Za-z0-9_.@+\\-]{0,98}[A-Za-z0-9_.+-])?$/.test(text);
}

/** 1 to 65535, else null. */
export function readPort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : null;
}

/** Why a text is not the fingerprint of a host key as `ssh-keygen -lf` shows it; null: it is one. */
export function wrongHostKey(text: string): string | null {
  // 256 bits: of the last character two bits are always zero.
  if (/^SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/.test(text)) return null;
  if (/^(?:MD5:)?[0-9a-f]{2}(?::[0-9a-f]{2}){15}$/i.test(text)) {
    return 'is an MD5 fingerprint, which can be forged; use the SHA256 fingerprint that ssh-keygen -lf shows';
  }
  return 'must be a fingerprint as ssh-keygen -lf shows it: SHA256: and 43 characters of base64';
}
