const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** All that can be wrong; none quotes the URL, which may be a secret. */
export const urlProblems = [
  'must be a URL such as https://example.com/hook',
  'must not contain a user or a password',
  'must be https://, because http:// can be read on the network; only this machine itself can have http://',
] as const;

/** Why a webhook cannot go to a URL; null: it can. */
export function webhookUrlProblem(text: string): (typeof urlProblems)[number] | null {
  const [noUrl, hasUser, isPlain] = urlProblems;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return noUrl;
  if (url.username !== '' || url.password !== '') return hasUser;
  return url.protocol === 'http:' && !LOOPBACK.test(url.hostname) ? isPlain : null;
}
