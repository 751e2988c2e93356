import { expect, test } from 'vitest';
import type { ActionMessage } from '../../../src/domain/actions/runner.ts';
import { judge } from '../../../src/domain/verdicts/judge.ts';
import { judgedRow } from '../../../src/domain/verdicts/judged-row.ts';
import type { ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { messageJson } from '../../../src/reports/messages/message-json.ts';
import { slackEscaped, slackJson, slackText } from '../../../src/reports/messages/slack-json.ts';

const HOSTILE =
  '<!channel> @here @channel <@U123> <http://evil.example|ok> & `x` *b* http://evil.example \u001b[31m\u202e\0 "};';

function failed(serverId: string, says?: string): ServerRow {
  const metric = { metric: 'cpu.score', unit: 'points', better: 'higher', device: null } as const;
  const result = { measurements: [{ ...metric, samples: [12], value: 12, spread: 0 }], error: null, tool: 'command' };
  const benchmark = judge('cpu', { ...result, seconds: 1, evidence: [null] }, { 'cpu.score': { min: 50 } });
  const shortfalls = benchmark.shortfalls.map((each) => ({ ...each, ...(says !== undefined && { says }) }));
  const facts = { serverId, hardwareClass: 'c5', startedAt: null, seconds: 1 };
  const row = judgedRow(facts, [{ ...benchmark, shortfalls }]);
  return says === undefined ? row : { ...row, reason: says, notes: [says] };
}

function message(rows: ServerRow[], note: string | null = null): ActionMessage {
  const run = { run: 'fleet-1', temporalRunId: 'id', startedAt: '2026-11-30T02:00:00.000Z', note, schedule: 'nightly' };
  const servers = rows.map((row) => ({
    row,
    change: row.verdict === 'pass' ? ('recovered' as const) : ('failed' as const),
  }));
  return { id: 'call_1', action: 'page', at: '2026-11-30T02:10:00.000Z', run, servers };
}

test('a text says what is new, in plain words', () => {
  const recovered: ServerRow = { ...failed('web-3'), verdict: 'pass' };
  expect(slackText(message([failed('web-7'), recovered]))).toBe(
    'fleetmark nightly: 1 server newly fails, 1 server passes again\n' +
      'web-7 fail: cpu.score 12 of &gt;= 50 points (24 %)\nweb-3 passes again'
  );
});

test('what a server says stays text: no command, mention, link, control character or formatting in a chat', () => {
  const text = slackText(message([failed('web-7', HOSTILE)], HOSTILE));
  expect(text).not.toMatch(/[<>]|@\w|:\/\/|\p{Cc}(?<!\n)|\u202e/u);
  expect(text.split('\n')).toHaveLength(2);
  expect(slackEscaped('a & b < c')).toBe('a &amp; b &lt; c');
  expect(JSON.parse(slackJson(message([failed('web-7', HOSTILE)])))).toMatchObject({
    ...{ mrkdwn: false, parse: 'none', link_names: false, unfurl_links: false },
  });
});

test('a text of many servers has a limit, and says how many are left out', () => {
  const text = slackText(message(Array.from({ length: 1_000 }, (_, index) => failed(`web-${index}`, '&'.repeat(300)))));
  expect(text.length).toBeLessThan(4_000);
  expect(text).toMatch(/^fleetmark nightly: 1000 servers newly fail\n[^]*\nand 99\d more servers$/);
});

test('JSON has the reason and each shortfall as text that no terminal interprets', () => {
  const json = messageJson(message([failed('web-7', HOSTILE)], HOSTILE));
  expect(json).not.toMatch(/\p{Cc}|\u202e/u);
  const { data, type, timestamp } = JSON.parse(json) as {
    data: { servers: object[] };
    type: string;
    timestamp: string;
  };
  expect({ type, timestamp }).toEqual({ type: 'fleetmark.servers.changed', timestamp: '2026-11-30T02:10:00.000Z' });
  expect(data).toMatchObject({ id: 'call_1', action: 'page', run: 'fleet-1', schedule: 'nightly' });
  expect(data.servers).toMatchObject([
    {
      ...{ serverId: 'web-7', change: 'failed', verdict: 'fail', hardwareClass: 'c5' },
      reason: expect.stringContaining('<!channel> @here'),
      shortfalls: [{ metric: 'cpu.score', measured: 12, comparison: '>=', expected: 50, unit: 'points' }],
    },
  ]);
});

test('JSON of 2,000 servers names all of them, without details', () => {
  const json = messageJson(message(Array.from({ length: 2_000 }, (_, index) => failed(`web-${index}`, HOSTILE))));
  expect(json.length).toBeLessThan(500_000);
  const { data } = JSON.parse(json) as { data: { servers: object[] } };
  expect(data.servers).toHaveLength(2_000);
  expect(data.servers[7]).toEqual({ serverId: 'web-7', change: 'failed', verdict: 'fail', hardwareClass: 'c5' });
});
