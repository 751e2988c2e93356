import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type ConnectionOptions } from 'node:tls';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { withTimeout } from '../../waiting/with-timeout.ts';
import type { Proxy } from './proxy.ts';
import type { TlsFile, TemporalFault } from './temporal-fault.ts';
import type { TemporalSettings } from './temporal-settings.ts';

type TlsOptions = ConnectionOptions & { ca?: Buffer; cert?: Buffer; key?: Buffer };

const PROBE_TIMEOUT_MS = 5_000;
/** The preface of HTTP/2 and an empty SETTINGS frame: a server answers with a SETTINGS frame of its own. */
const HTTP2_PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const SETTINGS = 4;
const CLOSED = 'connection closed';

class FaultError extends Error {
  readonly fault: TemporalFault;
  constructor(fault: TemporalFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/** Connects like a Temporal client, to find out why a connection fails; null if everything works. */
export async function probeTemporal(settings: TemporalSettings): Promise<TemporalFault | null> {
  const options = tlsOptions(settings);
  try {
    if (!settings.connectionOptions.tls) return await plainFault(settings, options);
    return tlsFileFault(options) ?? (await tlsFault(settings, options));
  } catch (error) {
    return error instanceof FaultError ? error.fault : { kind: 'network', code: codeOf(error) };
  }
}

function tlsOptions({ endpoint: { host }, connectionOptions: { tls } }: TemporalSettings): TlsOptions {
  const {
    serverRootCACertificate: ca,
    clientCertPair: pair,
    serverNameOverride: name,
  } = typeof tls === 'object' && tls ? tls : {};
  return {
    host: name ?? host,
    servername: name ?? (/^[\d.]+$|:/.test(host) ? '' : host),
    ALPNProtocols: ['h2'],
    ...(ca ? { ca: Buffer.from(ca) } : {}),
    ...(pair ? { cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) } : {}),
  };
}

function tlsFileFault({ ca, cert, key }: TlsOptions): TemporalFault | null {
  const parts: [TlsFile, () => unknown][] = [
    ['CA certificate', () => ca && new X509Certificate(ca)],
    ['client certificate', () => cert && new X509Certificate(cert)],
    ['client key', () => key && createSecureContext({ key })],
    ['client key of this certificate', () => createSecureContext({ ca, cert, key })],
  ];
  for (const [file, read] of parts) {
    try {
      read();
    } catch (error) {
      return { kind: 'own file', file, why: (error as Error).message };
    }
  }
  return null;
}

async function plainFault(settings: TemporalSettings, options: TlsOptions): Promise<TemporalFault | null> {
  const answer = await plainAnswer(settings);
  if (isSettings(answer)) return null;
  if (await speaksTls(settings, options)) return { kind: 'needs TLS' };
  return answer.length === 0 ? { kind: 'network', code: 'no answer' } : otherProtocol(answer);
}

async function tlsFault(settings: TemporalSettings, options: TlsOptions): Promise<TemporalFault | null> {
  const secure = connectTls({ ...options, socket: await open(settings) });
  try {
    await inTime(once(secure, 'secureConnect'));
    // With TLS 1.3 the server rejects a client certificate after the handshake.
    const answer = await firstAnswer(secure);
    return isSettings(answer) ? null : otherProtocol(answer);
  } catch (error) {
    const code = codeOf(error);
    if (code === CLOSED && options.cert !== undefined) return { kind: 'alert', code };
    if (/ALERT/.test(code)) return { kind: 'alert', code: code.replace(/^ERR_SSL_/, '') };
    const isOfCertificate = /^(CERT_|ERR_TLS_CERT|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/.test(code);
    if (isOfCertificate) return { kind: 'certificate', code, message: (error as Error).message };
    const answer = await plainAnswer(settings);
    if (isSettings(answer)) return { kind: 'no TLS' };
    if (answer.length > 0) return otherProtocol(answer);
    throw error;
  } finally {
    secure.destroy();
  }
}

async function speaksTls(settings: TemporalSettings, options: TlsOptions): Promise<boolean> {
  const secure = connectTls({ ...options, socket: await open(settings), rejectUnauthorized: false });
  try {
    await inTime(once(secure, 'secureConnect'));
    return true;
  } catch (error) {
    return /ALERT/.test(codeOf(error));
  } finally {
    secure.destroy();
  }
}

/** The first bytes that the server answers without TLS; none if it closes the connection or does not answer. */
async function plainAnswer(settings: TemporalSettings): Promise<Buffer> {
  const socket = await open(settings);
  const answer = await firstAnswer(socket).catch(() => Buffer.alloc(0));
  socket.destroy();
  return answer;
}

/** A connection to the host, through the proxy if there is one. */
async function open({ endpoint, proxy }: TemporalSettings): Promise<Socket> {
  const { host, port } = proxy ?? endpoint;
  const socket = connect({ host, port });
  try {
    await inTime(once(socket, 'connect'));
    if (proxy !== null) await connectThroughProxy(socket, formatEndpoint(endpoint), proxy);
    return socket;
  } catch (error) {
    socket.destroy();
    if (proxy === null || error instanceof FaultError) throw error;
    throw new FaultError({ kind: 'proxy', why: codeOf(error) });
  }
}

async function connectThroughProxy(socket: Socket, target: string, { credentials }: Proxy): Promise<void> {
  const basic = credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  const authorization = basic === null ? '' : `Proxy-Authorization: Basic ${basic}\r\n`;
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`);
  const [answer] = (await inTime(once(socket, 'data'))) as [Buffer];
  const [status = ''] = answer.toString('latin1').split('\r\n');
  if (!/^HTTP\/1\.[01] 2\d\d\b/.test(status)) throw new FaultError({ kind: 'proxy', why: `it answered "${status}"` });
}

/** Sends the HTTP/2 preface and resolves to the first bytes of the answer. */
async function firstAnswer(socket: Socket): Promise<Buffer> {
  socket.write(HTTP2_PREFACE);
  const ended = once(socket, 'end').then(() => {
    throw Object.assign(new Error('ended'), { code: CLOSED });
  });
  const [answer] = (await inTime(Promise.race([once(socket, 'data'), ended]))) as [Buffer];
  return answer;
}

function isSettings(answer: Buffer): boolean {
  return answer.length >= 9 && answer[3] === SETTINGS;
}

function otherProtocol(answer: Buffer): TemporalFault {
  return { kind: 'other protocol', said: answer.toString('latin1').split('\r\n')[0]! };
}

async function inTime<T>(awaited: Promise<T>): Promise<T> {
  const reason = Object.assign(new Error('too late'), { code: 'ETIMEDOUT' });
  return withTimeout(PROBE_TIMEOUT_MS, () => awaited, { reason, graceMs: 0 });
}

function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : (error as Error).message;
}
