import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Received } from './receiver.ts';

export const SECRET = `whsec_${Buffer.from('a secret of these tests, 32 bytes').toString('base64')}`;

/** Verifies a message as a receiver does, by the specification of Standard Webhooks alone. */
export function isSigned({ headers, body }: Received): boolean {
  const text = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const wanted = Buffer.from(`v1,${createHmac('sha256', key).update(text).digest('base64')}`);
  const found = Buffer.from(String(headers['webhook-signature']));
  const isNow = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 300;
  return isNow && found.length === wanted.length && timingSafeEqual(found, wanted);
}
