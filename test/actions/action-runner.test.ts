import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createActionRunner } from '../../src/actions/action-runner.ts';
import { postJson } from '../../src/actions/post-json.ts';
import { signMessage } from '../../src/actions/sign-message.ts';
import type { ActionSettings, ActionTarget } from '../../src/domain/actions/action.ts';
import type { ActionMessage } from '../../src/domain/actions/runner.ts';
import { unmeasuredRow } from '../../src/domain/verdicts/server-row.ts';
import { configurationOf } from '../support/configuration.ts';
import { eventually } from '../support/processes.ts';
import { startReceiver, type Answer, type Receiver } from '../support/receiver.ts';
import { folderWith, temporaryFolder } from '../support/temporary-folder.ts';

let receiver: Receiver | undefined;
afterEach(async () => {
  await receiver?.stop();
  receiver = undefined;
});

const message: ActionMessage = {
  ...{ id: 'call_1', action: 'drain', at: '2026-11-30T02:10:00.000Z' },
  run: { run: 'fleet-1', temporalRunId: 'id', startedAt: '2026-11-30T02:00:00.000Z', note: null, schedule: null },
  servers: [
    { change: 'failed', row: { ...unmeasuredRow('web-7', 'fail', null, '$(touch pwned)'), hardwareClass: 'c5' } },
  ],
};

function actionOf(does: ActionTarget): ActionSettings {
  const how = { per: 'server', asServersEnd: false, limit: null, dryRun: false } as const;
  return { name: 'drain', verdicts: ['fail'], onRecovery: true, ...how, does };
}

function runnerOf(...actions: ActionSettings[]) {
  return createActionRunner(async () => configurationOf({ servers: ['web-7'], actions }));
}

function shell(script: string, timeoutMs = 10_000): ActionSettings {
  return actionOf({ kind: 'command', command: ['/bin/sh', '-c', script, 'sh'], undo: null, timeoutMs });
}

const call = (action: ActionSettings, signal = new AbortController().signal) =>
  runnerOf(action).call(action, message, signal);

test.each<[Answer, object]>([
  [204, { done: null }],
  [500, { failed: 'HOST answered 500', isRetried: true }],
  [404, { failed: 'HOST answered 404', isRetried: false }],
  [429, { failed: 'HOST answered 429', isRetried: true }],
  [
    { status: 503, headers: { 'retry-after': '7' } },
    { failed: 'HOST answered 503', isRetried: true, waitMs: 7_000 },
  ],
  [
    { status: 503, headers: { 'retry-after': '99999' } },
    { failed: 'HOST answered 503', isRetried: true, waitMs: 60_000 },
  ],
  ['drop', { failed: 'HOST: ECONNRESET', isRetried: true }],
  [
    { status: 101, headers: { connection: 'upgrade', upgrade: 'other' } },
    { failed: 'HOST: no answer', isRetried: true },
  ],
])('a receiver that answers %j', async (answer, expected) => {
  receiver = await startReceiver(() => answer);
  const url = new URL(receiver.url);
  const attempt = await postJson(url, '{}', {}, new AbortController().signal);
  expect(attempt).toEqual(JSON.parse(JSON.stringify(expected).replace('HOST', url.host)));
});

test('a redirect is not followed, so that the signature does not reach another host', async () => {
  const other = await startReceiver();
  receiver = await startReceiver(() => ({ status: 307, headers: { location: other.url } }));
  const attempt = await postJson(new URL(receiver.url), '{}', {}, new AbortController().signal);
  expect(attempt).toMatchObject({
    failed: expect.stringContaining('a redirect, which is not followed'),
    isRetried: false,
  });
  expect(other.received).toEqual([]);
  await other.stop();
});

test('the signature is that of the example of Standard Webhooks', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  expect(signMessage(secret, id, '{"test": 2432232314}', 1_614_265_330_000)).toEqual({
    ...{ 'webhook-id': id, 'webhook-timestamp': '1614265330' },
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a command gets ids in its environment, the message on its standard input, and no text of a server in its line', async () => {
  const folder = temporaryFolder('command');
  const script = `cd ${folder}; cat > input; echo "$FLEETMARK_SERVER $FLEETMARK_VERDICT $FLEETMARK_CLASS $FLEETMARK_RUN $FLEETMARK_CALL $#"`;
  expect(await call(shell(script))).toEqual({ done: 'web-7 fail c5 fleet-1 call_1 0' });
  expect(readFileSync(join(folder, 'input'), 'utf8')).toContain('$(touch pwned)');
  expect(existsSync(join(folder, 'pwned'))).toBe(false);
});

test('a command does not get the secrets of its worker, but the rest of its environment', async () => {
  process.env['ACTIONS_TEST_HOOK'] = 'https://example.com/T0KEN';
  process.env['ACTIONS_TEST_KUBECONFIG'] = '/etc/kube';
  process.env['TEMPORAL_API_KEY'] = process.env['PGPASSWORD'] = 'T0KEN';
  const slack = actionOf({ kind: 'slack', url: { env: 'ACTIONS_TEST_HOOK' } });
  const print = shell('echo "$ACTIONS_TEST_HOOK$TEMPORAL_API_KEY$PGPASSWORD:$ACTIONS_TEST_KUBECONFIG"');
  const attempt = await runnerOf(slack, print).call(print, message, new AbortController().signal);
  delete process.env['TEMPORAL_API_KEY'];
  delete process.env['PGPASSWORD'];
  expect(attempt).toEqual({ done: ':/etc/kube' });
});

test('a command that fails says how, with the last line of its output; it can be tried again', async () => {
  expect(await call(shell('yes | head -c 300000; echo "no such node" >&2; exit 3'))).toEqual({
    ...{ failed: '/bin/sh failed with status 3: no such node', isRetried: true, isUnknown: false },
  });
  expect(await call(actionOf({ kind: 'command', command: ['/nonexistent'], undo: null, timeoutMs: 1_000 }))).toEqual({
    ...{ failed: '/nonexistent cannot be run: this worker does not have it', isRetried: false },
  });
});

test('a command that does not end, or that is cancelled, is killed with all that it started; what it did is unknown', async () => {
  const folder = temporaryFolder('command');
  const hang = `sleep 300 & echo $! > ${folder}/pid; wait`;
  const isGone = (): Promise<boolean> =>
    eventually(
      async () => !existsSync(`/proc/${readFileSync(join(folder, 'pid'), 'utf8').trim()}`),
      (gone) => gone
    );
  expect(await call(shell(hang, 1_000))).toMatchObject({ failed: '/bin/sh did not end within 1 s', isUnknown: true });
  await isGone();
  const cancel = new AbortController();
  rmSync(join(folder, 'pid'));
  const running = call(shell(hang), cancel.signal);
  await eventually(
    async () => existsSync(join(folder, 'pid')) && readFileSync(join(folder, 'pid'), 'utf8') !== '',
    (started) => started
  );
  cancel.abort();
  expect(await running).toMatchObject({ failed: '/bin/sh was cancelled', isRetried: false, isUnknown: true });
  await isGone();
});

test('a process that a command leaves behind ends with it', async () => {
  const folder = temporaryFolder('command');
  await call(shell(`sleep 300 >/dev/null 2>&1 & echo $! > ${folder}/pid`));
  await eventually(
    async () => existsSync(`/proc/${readFileSync(join(folder, 'pid'), 'utf8').trim()}`),
    (isThere) => !isThere
  );
});

test.each<[string, ActionTarget, string]>([
  [
    'a missing variable',
    { kind: 'slack', url: { env: 'ACTIONS_TEST_NONE' } },
    'actions.drain.slack.url: the environment variable ACTIONS_TEST_NONE is not set',
  ],
  [
    'a missing program',
    { kind: 'command', command: ['no-such-drain'], undo: null, timeoutMs: 1 },
    'actions.drain.command: this worker has no program "no-such-drain"',
  ],
  [
    'a missing undo',
    { kind: 'command', command: ['sh'], undo: ['/none'], timeoutMs: 1 },
    'actions.drain.undo: this worker has no program "/none"',
  ],
])('%s is found before a run', async (_, does, text) => {
  await expect(runnerOf().check(actionOf(does))).rejects.toMatchObject({ kind: 'InvalidConfig', message: text });
});

test('a URL by reference is checked, without showing it; so are the length of a secret, and who can read it', async () => {
  const folder = folderWith({ url: 'http://hooks.example.com/T0KEN\n', secret: 'short\n' });
  for (const name of ['url', 'secret']) chmodSync(join(folder, name), 0o600);
  const check = (does: ActionTarget) => runnerOf().check(actionOf(does));
  await expect(check({ kind: 'slack', url: { file: join(folder, 'url') } })).rejects.toThrow(
    /slack\.url: must be https:\/\/(?!.*T0KEN)/
  );
  const secret = { file: join(folder, 'secret') };
  await expect(check({ kind: 'webhook', url: 'https://example.com', secret })).rejects.toThrow(
    'must have at least 16 bytes'
  );
  chmodSync(join(folder, 'secret'), 0o644);
  await expect(check({ kind: 'webhook', url: 'https://example.com', secret })).rejects.toThrow('can be read by others');
  writeFileSync(join(folder, 'secret'), `whsec_${Buffer.alloc(24).toString('base64')}\n`, { mode: 0o600 });
  chmodSync(join(folder, 'secret'), 0o600);
  await check({ kind: 'webhook', url: 'https://example.com', secret });
});
