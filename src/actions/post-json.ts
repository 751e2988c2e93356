import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { CallAttempt } from '../domain/actions/runner.ts';

/** For all of the request and its answer. */
const LIMIT_MS = 20_000;

/** Statuses below 500 that a later attempt can change: timeout, too early, too many requests. */
const TEMPORARY: readonly number[] = [408, 425, 429];

const MAX_WAIT_MS = 60_000;

/**
 * Sends JSON. Says of the receiver only its host and status: the rest of the URL may be a secret, and the answer may repeat
 * it. A redirect is not followed: it would take the signature to another host.
 */
export async function postJson(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal
): Promise<CallAttempt> {
  try {
    const { statusCode = 0, headers: answered } = await send(url, body, headers, signal);
    return attemptOf(url.host, statusCode, answered['retry-after']);
  } catch (error) {
    return { failed: `${url.host}: ${reasonOf(error)}`, isRetried: true };
  }
}

function attemptOf(host: string, status: number, retryAfter: string | undefined): CallAttempt {
  if (status >= 200 && status < 300) return { done: null };
  const isRedirect = status >= 300 && status < 400;
  const failed = `${host} answered ${status}${isRedirect ? ', a redirect, which is not followed' : ''}`;
  const isRetried = status >= 500 || TEMPORARY.includes(status);
  const seconds = Number(retryAfter);
  const waitMs = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, MAX_WAIT_MS) : undefined;
  return { failed, isRetried, ...(waitMs !== undefined && { waitMs }) };
}

async function send(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal
): Promise<IncomingMessage> {
  const request = url.protocol === 'http:' ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    const own = {
      'content-type': 'application/json',
      'user-agent': 'fleetmark',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(url, { method: 'POST', agent: false, headers: { ...own, ...headers }, signal });
    const limit = setTimeout(() => sent.destroy(new Error(`no answer within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
    sent.on('error', reject);
    sent.on('close', () => {
      clearTimeout(limit);
      reject(new Error('no answer')); // Node reports neither an error nor an answer of status 101
    });
    sent.on('response', (answer) => {
      answer.on('error', () => undefined);
      answer.destroy(); // only its status counts
      resolve(answer);
    });
    sent.end(body);
  });
}

/** `ECONNREFUSED`; a message only of our own errors, since one of Node may repeat the URL. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? (message?.startsWith('no answer') ? message : 'the request failed');
}
