import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signMessage } from '../../src/actions/sign-message.ts';
import { configurationJsonSchema } from '../../src/config/schema/schema.ts';
import type { ActionMessage } from '../../src/domain/actions/runner.ts';
import { judge } from '../../src/domain/verdicts/judge.ts';
import { judgedRow } from '../../src/domain/verdicts/judged-row.ts';
import { messageJson } from '../../src/reports/messages/message-json.ts';
import { slackText } from '../../src/reports/messages/slack-json.ts';
import { pageAt } from '../end-to-end/page.ts';
import { freePort } from '../support/ports.ts';
import { killWithThisProcess } from '../support/processes.ts';
import { read, surroundings } from '../support/read-configuration.ts';
import { SECRET } from '../support/signed.ts';
import { folderWith } from '../support/temporary-folder.ts';

const page = pageAt('docs/actions.md');

/** The message of the page: web-7 is slow, web-3 passes again. */
function exampleMessage(): ActionMessage {
  const metric = { metric: 'cpu.events_per_second', unit: 'events/s', better: 'higher', device: null } as const;
  const result = { measurements: [{ ...metric, samples: [3_912], value: 3_912, spread: 0 }], error: null, tool: 'x' };
  const benchmark = judge('cpu', { ...result, seconds: 1, evidence: [null] }, { [metric.metric]: { min: 7_200 } });
  const row = judgedRow({ serverId: 'web-7', hardwareClass: 'c5', startedAt: null, seconds: 1 }, [benchmark]);
  const [sample] = page.blocksOf('json').map((text) => JSON.parse(text) as { timestamp: string; data: Sample });
  const { id, action, run, temporalRunId, startedAt } = sample!.data;
  return {
    ...{ id, action, at: sample!.timestamp, run: { run, temporalRunId, startedAt, note: null, schedule: 'nightly' } },
    servers: [
      { change: 'failed', row },
      { change: 'recovered', row: { ...row, serverId: 'web-3', verdict: 'pass' } },
    ],
  };
}

type Sample = Record<'id' | 'action' | 'run' | 'temporalRunId' | 'startedAt', string>;

test('the message of the page is what is sent, in all its fields and their order', () => {
  const { servers, ...about } = exampleMessage();
  const sent = JSON.stringify(JSON.parse(messageJson({ ...about, servers: servers.slice(0, 1) })), null, 2);
  expect(`${sent}\n`).toBe(page.blocksOf('json')[0]);
});

test('the text of the page is what a chat shows', () => {
  const shown = slackText(exampleMessage()).replaceAll('&gt;', '>');
  expect(`${shown}\n`).toBe(page.blocksOf('text')[0]);
});

test('each example is a valid configuration, and the table has every key', async () => {
  for (const text of page.blocksOf('yaml'))
    expect((await read(`servers: { web-1: }\n${text}`)).actions).toHaveLength(1);
  const schema = configurationJsonSchema(surroundings.kinds) as {
    properties: { actions: { additionalProperties: { properties: object } } };
  };
  const table = page.text.split('## Settings')[1]!.split('\n\n')[1]!;
  const keys = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key);
  expect(keys).toEqual(Object.keys(schema.properties.actions.additionalProperties.properties));
});

test('the receiver of the page has 15 lines, and takes a signed message once; others are refused', async () => {
  const [program] = page.blocksOf('js');
  expect(program!.trimEnd().split('\n')).toHaveLength(15);
  const port = await freePort();
  const file = join(folderWith({ 'receiver.mjs': program! }), 'receiver.mjs');
  const env = { PATH: process.env['PATH'], HOOK_SECRET: SECRET, PORT: String(port) };
  const receiver = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  killWithThisProcess(receiver);
  let printed = '';
  receiver.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const message = exampleMessage();
  const body = messageJson(message);
  const post = async (headers: Record<string, string>, sent = body): Promise<number> => {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body: sent }).catch(() => null);
      if (answer !== null) return answer.status;
      if (receiver.exitCode !== null) throw new Error('the receiver has ended');
    }
  };
  const signed = signMessage(SECRET, message.id, body);
  expect(await post(signed)).toBe(204);
  expect(await post(signMessage(SECRET, message.id, body))).toBe(204);
  expect(await post(signed, body.replace('web-7', 'web-8'))).toBe(401);
  expect(await post(signMessage('another secret', message.id, body))).toBe(401);
  expect(await post(signMessage(SECRET, message.id, body, Date.now() - 600_000))).toBe(401);
  receiver.kill();
  await once(receiver, 'close');
  expect(printed).toBe(`${message.id} web-7,web-3\n`);
});
