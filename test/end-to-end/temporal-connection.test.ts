import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectTemporal, connectWorker } from '../../src/cli/temporal/connect-temporal.ts';
import { Refusal } from '../../src/cli/terminal/refusal.ts';
import { readTemporalSettings, type TemporalSettings } from '../../src/cli/temporal/temporal-settings.ts';
import { reserveRefusedPort } from '../../src/processes/ports.ts';
import { Authority, pem, type Certificate } from '../support/certificates.ts';
import { startTemporal } from '../support/temporal.ts';
import { startConnectProxy, startTalker, startTlsFront, type Front } from '../support/tls-front.ts';
import { skipsWithout } from './fleet.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const outer = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in outer)) delete process.env[name];
});

/** The Temporal that these variables name; keys without the prefix: `ADDRESS`. */
function named(variables: Record<string, string>, others: Record<string, string> = {}): TemporalSettings {
  const kept = Object.keys(process.env).filter((name) => /^TEMPORAL_(?!CLI$)|_proxy$/i.test(name));
  for (const name of kept) delete process.env[name];
  for (const [name, value] of Object.entries(variables)) process.env[`TEMPORAL_${name}`] = value;
  Object.assign(process.env, others);
  return readTemporalSettings()!;
}

async function refusalOf(connecting: Promise<{ close(): Promise<void> }>): Promise<string> {
  const error: unknown = await connecting.then(
    async (connection) => connection.close(),
    (cause: unknown) => cause
  );
  if (!(error instanceof Refusal)) throw new Error('it was no refusal', { cause: error });
  return error.message;
}

describe.skipIf(skipsWithout('openssl'))('a remote Temporal', { concurrent: true }, () => {
  let folder: string;
  let temporal: TestWorkflowEnvironment;
  let authority: Authority;
  let client: Certificate;
  let versionOne: Certificate;
  let untrusted: Certificate;
  let plain: string;
  const fronts: Front[] = [];
  const front = async (starting: Promise<Front>): Promise<Front> => {
    const started = await starting;
    fronts.push(started);
    return started;
  };
  let tls: Front;
  let mutual: Front;
  let ofAnotherName: Front;
  let expired: Front;

  beforeAll(async () => {
    temporal = await startTemporal();
    plain = temporal.address;
    folder = temporaryFolder('tls');
    authority = new Authority(folder);
    const pair = ({ crt, key }: Certificate) => ({ cert: pem(crt), key: pem(key) });
    const server = authority.issue('server', 'IP:127.0.0.1,DNS:temporal.test');
    [client, versionOne] = [authority.issue('client', 'DNS:client'), authority.issue('v1', null)];
    untrusted = new Authority(folder, 'stranger').issue('strange', 'DNS:client');
    tls = await front(startTlsFront(plain, pair(server)));
    const asks = { requestCert: true, rejectUnauthorized: true, ca: pem(authority.file) };
    mutual = await front(startTlsFront(plain, { ...pair(server), ...asks }));
    ofAnotherName = await front(startTlsFront(plain, pair(authority.issue('other', 'DNS:other.test'))));
    expired = await front(startTlsFront(plain, pair(authority.issue('old', 'IP:127.0.0.1', -1))));
  });
  afterAll(async () => {
    await Promise.all(fronts.map((each) => each.close()));
    await temporal?.teardown();
  });

  const ca = (): Record<string, string> => ({ TLS_SERVER_CA_CERT_PATH: authority.file });
  const certificate = ({ crt, key }: Certificate): Record<string, string> => ({
    ...ca(),
    ...{ TLS_CLIENT_CERT_PATH: crt, TLS_CLIENT_KEY_PATH: key },
  });

  test.each([
    ['plain', () => ({ ADDRESS: plain })],
    ['plain, with an API key that is not required', () => ({ ADDRESS: plain, API_KEY: 'key', TLS: 'false' })],
    ['by TLS', () => ({ ADDRESS: tls.address, ...ca() })],
    ['by TLS under another name', () => ({ ADDRESS: ofAnotherName.address, ...ca(), TLS_SERVER_NAME: 'other.test' })],
    ['by TLS with an API key', () => ({ ADDRESS: tls.address, API_KEY: 'key', ...ca() })],
    ['by mutual TLS', () => ({ ADDRESS: mutual.address, ...certificate(client) })],
  ] as [string, () => Record<string, string>][])('is reached %s', async (_how, variables) => {
    const target = named(variables());
    await (await connectTemporal(target)).close();
    await (await connectWorker(target)).close();
  });

  test.each([
    ['TLS to a plain one', () => ({ ADDRESS: plain, TLS: 'true' }), /does not use TLS: remove the TLS settings/],
    ['an API key to a plain one', () => ({ ADDRESS: plain, API_KEY: 'k' }), /does not use TLS, which an API key needs/],
    ['plain to one with TLS', () => ({ ADDRESS: tls.address }), /requires TLS: set TEMPORAL_TLS=true/],
    ['plain to one with mutual TLS', () => ({ ADDRESS: mutual.address }), /requires TLS/],
    ['a CA that is unknown', () => ({ ADDRESS: tls.address, TLS: 'true' }), /from an unknown CA .*_CA_CERT_/],
    [
      'the CA of another one',
      () => ({ ADDRESS: tls.address, TLS_SERVER_CA_CERT_PATH: join(folder, 'stranger.crt') }),
      /from an unknown CA/,
    ],
    ['no client certificate', () => ({ ADDRESS: mutual.address, ...ca() }), /requires a client certificate/],
    [
      'a client certificate of another CA',
      () => ({ ADDRESS: mutual.address, ...certificate(untrusted) }),
      /rejects the client certificate/,
    ],
    [
      'the key of another certificate',
      () => ({ ADDRESS: mutual.address, ...certificate({ ...client, key: untrusted.key }) }),
      /^the client key of this certificate for .* cannot be used: .*TEMPORAL_TLS_CLIENT_CERT_PATH or/,
    ],
    [
      'a file that is not a key',
      () => ({ ADDRESS: mutual.address, ...certificate({ ...client, key: authority.file }) }),
      /^the client key for .* cannot be used/,
    ],
    [
      'a file that is not a CA certificate',
      () => ({ ADDRESS: tls.address, TLS_SERVER_CA_CERT_PATH: client.key }),
      /^the CA certificate for .* cannot be used/,
    ],
    ['a certificate for another name', () => ({ ADDRESS: ofAnotherName.address, ...ca() }), /is for another host name/],
    ['a certificate that has expired', () => ({ ADDRESS: expired.address, ...ca() }), /has expired: renew it/],
    ['an unknown name', () => ({ ADDRESS: 'nowhere.invalid:7233' }), /^host name of Temporal not found: nowhere/],
    ['a name without a port', () => ({ ADDRESS: 'nowhere.invalid' }), /not found: nowhere\.invalid:7233/],
  ] as [string, () => Record<string, string>, RegExp][])(
    'is reported in one sentence: %s',
    async (_what, variables, words) => {
      const target = named(variables());
      expect(await refusalOf(connectTemporal(target))).toMatch(words);
    }
  );

  test('is reported if no program listens on its port', async () => {
    const target = named({ ADDRESS: `127.0.0.1:${await reserveRefusedPort()}` });
    expect(await refusalOf(connectTemporal(target))).toMatch(/\(connection refused\): start it, or correct/);
  });

  test.each(['SSH-2.0-OpenSSH_9.2', 'HTTP/1.1 400 Bad Request'])('has a message for "%s"', async (line) => {
    const { address } = await front(startTalker(line));
    const words = `is not a Temporal: it answers "${line}"`;
    for (const variables of [{ ADDRESS: address }, { ADDRESS: address, TLS: 'true' }] as Record<string, string>[])
      expect(await refusalOf(connectTemporal(named(variables)))).toContain(words);
  });

  test('has a message for a client certificate of version 1, which only a worker rejects', async () => {
    const target = named({ ADDRESS: mutual.address, ...certificate(versionOne) });
    await (await connectTemporal(target)).close();
    expect(await refusalOf(connectWorker(target))).toMatch(/the client certificate .* version 1 certificate.*: issue/);
  });

  test('is reached through the proxy of the environment, by clients and workers', async () => {
    const proxy = await front(startConnectProxy());
    const { port } = tls;
    const target = named(
      { ADDRESS: `temporal.test:${port}`, ...ca() },
      { HTTPS_PROXY: proxy.address, no_proxy: 'example.test,' }
    );
    await (await connectTemporal(target)).close();
    expect(proxy.asked).toEqual([`temporal.test:${port}`]);
    await (await connectWorker(target)).close();
    expect(proxy.asked).toHaveLength(3);
  });

  test('that a proxy cannot reach is reported with the name of the proxy, without its password', async () => {
    const refuses = await front(startConnectProxy({ refuses: true }));
    const closed = `127.0.0.1:${await reserveRefusedPort()}`;
    for (const [address, why] of [
      [refuses.address, 'it answered "HTTP/1.1 403 Forbidden"'],
      [closed, 'ECONNREFUSED'],
    ] as const) {
      const target = named({ ADDRESS: 'temporal.test:7233' }, { https_proxy: `http://ada:secret@${address}` });
      const message = await refusalOf(connectTemporal(target));
      expect(message).toContain(`the proxy ${address} (from https_proxy) cannot connect to temporal.test:7233: ${why}`);
      expect(message).not.toContain('secret');
    }
  });

  test('never uses a proxy on this machine', async () => {
    const proxy = await front(startConnectProxy({ refuses: true }));
    const variables = Object.fromEntries(
      ['http', 'https', 'grpc', 'all'].flatMap((name) => [
        [`${name}_proxy`, `http://${proxy.address}`],
        [`${name.toUpperCase()}_PROXY`, `http://${proxy.address}`],
      ])
    );
    const target = named({ ADDRESS: plain.replace('127.0.0.1', 'localhost') }, variables);
    await (await connectTemporal(target)).close();
    await (await connectWorker(target)).close();
    expect(proxy.asked).toEqual([]);
  });
});

test.each([
  ['http://host:7500', /is a URL: write host:port, without http:\/\//],
  ['https://cloud.example', /is a URL/],
  ['::1', /needs brackets: \[::1\]:7233/],
  ['host:', /is not of the form host:port/],
  ['host:99999', /is not of the form host:port/],
  ['host:7233/path', /is not of the form host:port/],
  [' host:7233', /is not of the form host:port/],
])('the address %s is refused before anything is tried', (ADDRESS, words) => {
  expect(() => named({ ADDRESS })).toThrow(words);
});

test('an empty address means no remote Temporal', () => {
  expect(named({ ADDRESS: '' })).toBeNull();
});

test('a missing certificate file is named', () => {
  expect(() => named({ ADDRESS: 'host', TLS_SERVER_CA_CERT_PATH: '/nowhere/ca.pem' })).toThrow(
    /^the Temporal settings cannot be read: .*\/nowhere\/ca\.pem/
  );
});
