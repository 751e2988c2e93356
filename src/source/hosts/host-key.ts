/**
 * Why a text is not the fingerprint of a host key as `ssh-keygen -lf` shows it, `SHA256:` and 43 characters of base64;
 * null: it is one.
 */
export function wrongHostKey(text: string): string | null {
  // 256 bits: of the last character two bits are always zero.
  if (/^SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/.test(text)) return null;
  if (/^(?:MD5:)?[0-9a-f]{2}(?::[0-9a-f]{2}){15}$/i.test(text)) {
    return 'is an MD5 fingerprint, which can be forged; use the SHA256 fingerprint that ssh-keygen -lf shows';
  }
  return 'must be a fingerprint as ssh-keygen -lf shows it: SHA256: and 43 characters of base64';
}
