import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { serverArguments } from '../../src/temporal/dev-server-command.ts';
import { listen } from '../support/ports.ts';
import { repository } from './scratch-project.ts';

const duration = z.string().regex(/^\d+s$/);

/** The part of the Compose specification that we use; any other key is a typing error. */
const service = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'reachable from this machine only')).optional(),
  user: z.string(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  depends_on: z.array(z.string()).optional(),
  volumes: z.array(
    z.union([
      z.string().regex(/^[a-z]+:\/\S+$/),
      z.strictObject({
        type: z.literal('bind'),
        source: z.string(),
        target: z.string().startsWith('/'),
        read_only: z.literal(true),
        bind: z.strictObject({ create_host_path: z.literal(false) }),
      }),
    ])
  ),
  healthcheck: z
    .strictObject({ test: z.array(z.string()), interval: duration, timeout: duration, start_period: duration })
    .optional(),
  stop_grace_period: duration.optional(),
  restart: z.literal('unless-stopped'),
});

const composeFile = z.strictObject({
  name: z.string(),
  services: z.strictObject({ temporal: service, worker: service }),
  volumes: z.record(z.string(), z.null()),
});

function read(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

test('the compose file starts a Temporal that only this machine can reach, and a worker that connects to it', () => {
  const { services, volumes } = composeFile.parse(parse(read('docker-compose.yml')));
  const { temporal, worker } = services;
  expect(temporal.ports).toEqual(['127.0.0.1:7233:7233', '127.0.0.1:8233:8233']);
  expect(temporal.command?.slice(0, 2)).toEqual(['server', 'start-dev']);
  const named = temporal.volumes.map((volume) => typeof volume === 'string' && volume.split(':')[0]);
  expect(named).toEqual(Object.keys(volumes));
  expect(worker.environment?.['TEMPORAL_ADDRESS']).toBe('temporal:7233');
  expect(worker.volumes).toContainEqual(expect.objectContaining({ target: worker.environment?.['FLEETMARK_CONFIG'] }));
});

test('the Temporal of the compose file has no setting that our own dev server does not have', () => {
  const { command } = composeFile.parse(parse(read('docker-compose.yml'))).services.temporal;
  const ports = { grpc: 7233, http: { port: 1, host: 'a.invalid' } };
  const own = serverArguments(ports, { host: '127.0.0.2', port: 2 }, '/data/temporal.db');
  const ownSettings = own.map((argument, index) => `${own[index - 1]}=${argument}`);
  const settings = command!.filter((argument) => /^--(?:dynamic|sqlite)/.test(argument));
  expect(settings.length).toBeGreaterThan(0);
  for (const setting of settings) expect(ownSettings).toContain(setting);
});

test('the health check of the worker asks its own /readyz: it passes with 200, and fails with 503 or without an answer', async () => {
  const { worker } = composeFile.parse(parse(read('docker-compose.yml'))).services;
  const address = worker.environment!['FLEETMARK_METRICS']!;
  const [how, node, ...args] = worker.healthcheck!.test;
  expect([how, node]).toEqual(['CMD', 'node']);
  const asked = `http://${address}/readyz`;
  expect(args.join(' ')).toContain(asked);
  for (const [status, code] of [
    [200, 0],
    [503, 1],
    [null, 1],
  ] as const) {
    const server = createServer((_request, response) => response.writeHead(status ?? 500).end());
    const port = await listen(server);
    if (status === null) await new Promise((resolve) => server.close(resolve));
    const here = args.map((each) => each.replace(asked, `http://127.0.0.1:${port}/readyz`));
    const child = spawn(process.execPath, here, { stdio: 'inherit' });
    expect((await once(child, 'exit'))[0]).toBe(code);
    server.close();
  }
});

test('the worker image runs the compiled program as a normal user, with a Node version that the package supports', () => {
  const dockerfile = read('Dockerfile');
  const command = /^CMD \["node", "dist\/(\S+)\.js"\]$/m.exec(dockerfile);
  expect(existsSync(join(repository, 'src', `${command?.[1]}.ts`))).toBe(true);
  expect(dockerfile.match(/^FROM node:22-bookworm-slim\b/gm)).toHaveLength(2);
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/ install .* openssh-client\b/);
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, sources]) => sources!.split(' '));
  const sent = read('.dockerignore').split('\n');
  for (const source of copied) {
    expect(existsSync(join(repository, source)), source).toBe(true);
    expect(sent).toContain(`!${source}`);
  }
});
