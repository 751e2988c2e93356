import { createHmac } from 'node:crypto';

/** The headers of a signed message. A type, because an interface has no index signature. */
export type SignedHeaders = { 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string };

const PREFIX = 'whsec_';

/**
 * Signs a message as Standard Webhooks does: HMAC-SHA256 over id, time and body, so that a receiver can refuse a changed, a
 * forged and an old one. Its libraries verify it if the secret is `whsec_` and base64; any other secret is used as it is.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signMessage(secret: string, id: string, body: string, now = Date.now()): SignedHeaders {
  const time = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', signingKey(secret)).update(`${id}.${time}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` };
}

export function signingKey(secret: string): Buffer {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret);
}
