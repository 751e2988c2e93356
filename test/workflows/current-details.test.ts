import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { printable } from '../../src/domain/values/untrusted.ts';
import { freePorts } from '../../src/processes/ports.ts';
import { markdownText } from '../../src/reports/runs/markdown.ts';
import { configurationOf, scoreBenchmark } from '../support/configuration.ts';
import { deferred } from '../support/deferred.ts';
import { eventually } from '../support/processes.ts';
import { hostileText } from '../reports/hostile-text.ts';
import { scriptedSsh } from '../support/scripted-ssh.ts';
import { bundle, startTemporal, startWorker, type TestWorker } from '../support/temporal.ts';
import { temporalCli } from '../support/temporal-cli.ts';

let temporal: TestWorkflowEnvironment;
let worker: TestWorker;
let ui: string;
beforeAll(async () => {
  const [uiPort] = (await freePorts(1)) as [number];
  ui = `http://127.0.0.1:${uiPort}`;
  temporal = await startTemporal({ ui: true, uiPort });
  const servers = ['web-1', 'web-2', 'web-3'];
  const configuration = configurationOf({ servers, expect: { 'cpu.score': { min: 50 } } });
  const ssh = scriptedSsh(({ serverId }) => {
    if (serverId === 'web-3') return { exitCode: 1, stderr: '<script>alert(1)</script> &gt; mailto:a@b.c<script>' };
    return `score: ${serverId === 'web-1' ? 12 : 80}`;
  });
  const activities = createActivities({ configuration: async () => configuration, ssh });
  worker = await startWorker(temporal, await bundle(), activities);
});
afterAll(async () => {
  await worker?.stop();
  await temporal?.teardown();
});

/** The Web UI's rendering of Markdown: its server renders it into a frame of the page. */
async function rendered(markdown: string): Promise<string> {
  const page = await (await fetch(`${ui}/render?content=${encodeURIComponent(markdown)}`)).text();
  return /<main>([\s\S]*)<\/main>/.exec(page)![1]!;
}

/** The visible text: typographic quotes count as quotes, word joiners are invisible. */
function textOf(html: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', ldquo: '"', rdquo: '"' };
  const apostrophes = { lsquo: "'", rsquo: "'", '#39': "'", '#34': '"' };
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&([^;]+);/g, (all, name: string) => ({ ...entities, ...apostrophes })[name] ?? all)
    .replaceAll('\u2060', '')
    .replace(/\s+/g, ' ')
    .trim();
}

async function cli(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(temporalCli!, [...args, '--address', temporal.address]);
  return stdout;
}

test('Current Details read the same rendered and unrendered, and contain no HTML from servers', async () => {
  const handle = await worker.start('benchmarkFleet', [{ note: 'a <b> & "c"' }], 'details');
  expect(((await handle.result()) as FleetReport).counts).toMatchObject({ pass: 1, fail: 1, error: 1 });
  const raw = await cli('workflow', 'metadata', '--workflow-id', 'details');
  expect(raw).toContain('| web-1 | fail | cpu.score 12 of >= 50 points (24 %) |');
  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  const html = await rendered(currentDetails);
  expect(textOf(html)).toContain('cpu.score 12 of >= 50 points (24 %)');
  expect(textOf(html)).toContain('<script>alert(1)</script> &gt; mailto:a@b.c<script>');
  expect(textOf(html)).toContain('a <b> & "c"');
  expect(html).not.toMatch(/<(script|b>|a )/);
});

test('Current Details say which servers and which sample are being measured, and ignore what is no such message', async () => {
  const hold = deferred();
  const configuration = configurationOf({
    servers: ['web-1', 'web-2'],
    benchmarks: [scoreBenchmark('cpu', { samples: 2 })],
    expect: { 'cpu.score': { min: 50 } },
  });
  const ssh = scriptedSsh(async ({ serverId, jobId }) => {
    if (serverId === 'web-2' && jobId.endsWith('.2')) await hold.promise;
    return 'score: 12';
  });
  const slow = await startWorker(
    temporal,
    await bundle(),
    createActivities({ configuration: async () => configuration, ssh })
  );
  try {
    const run = await slow.start('benchmarkFleet', [{}], 'live');
    const server = temporal.client.workflow.getHandle('server/web-2');
    const detailsOf = async (of: Pick<typeof run, 'query'>): Promise<string> =>
      (await of.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
    await eventually(
      () => detailsOf(run),
      (text) => text.startsWith('**0 of 2 servers**') && text.includes('running: web-2; ended, not final: web-1')
    );
    for (const message of [null, { benchmark: 'cpu' }, { benchmark: 'gpu', sample: '9 of 9' }])
      await server.signal('sample', message);
    await eventually(
      () => detailsOf(server),
      (text) => text.includes('| cpu | running, sample 2 of 2 |  |  |')
    );
    hold.resolve();
    await run.result();
    expect(await detailsOf(server)).not.toContain('running');
  } finally {
    hold.resolve();
    await slow.stop();
  }
});

test('Current Details of a server that cannot be measured say why, and what to do', async () => {
  await expect((await worker.start('benchmarkServer', [{ serverId: 'web-9' }], 'by-hand')).result()).rejects.toThrow();
  const handle = temporal.client.workflow.getHandle('server/web-9');
  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(currentDetails).toBe(
    '**web-9** error: UnknownServer: "web-9" is not in the inventory; did you mean "web-1"?\n\n' +
      'Correct the name, or add the server to the inventory.'
  );
});

test('the Web UI shows every text unchanged, in a paragraph and in a table', async () => {
  const markup = fc.constantFrom(
    '<b>',
    '</td>',
    '&gt;',
    '&#62;',
    '**',
    '`',
    '|',
    '\\',
    '](x)',
    '--',
    '1/2',
    '(c)',
    '# ',
    '$'
  );
  const links = fc.constantFrom(
    'http://e.com',
    'mailto:a@b.c',
    'www.e.com',
    'ftp://e',
    '<script>',
    ' ',
    'a',
    '0',
    '_',
    '.',
    '~'
  );
  const pieces = fc.array(fc.oneof(markup, links, hostileText), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(pieces, async (parts) => {
      const text = printable(parts.join(''), 300);
      if (text === '') return;
      const cell = `| a |\n| --- |\n| ${markdownText(text)} |`;
      for (const html of [await rendered(markdownText(text)), (await rendered(cell)).replace(/<th>.*<\/th>/, '')]) {
        expect(textOf(html)).toBe(text.replaceAll('\u2060', ''));
        expect(html).not.toMatch(/<(?!\/?(?:p|table|thead|tbody|tr|td)>)/);
      }
    }),
    { numRuns: 1000, examples: [[['0_0_', '_<b>']], [['ſ_0_ſ']], [['K_0_K']]] }
  );
});

test('an empty list in the result is [], although the Temporal CLI shows null', async () => {
  await (await worker.start('benchmarkFleet', [{ limit: 'web-2' }], 'empty')).result();
  const result = ['workflow', 'result', '--workflow-id', 'empty', '--output', 'json'];
  expect(JSON.parse(await cli(...result))).toMatchObject({ result: { failed: null, errored: null } });
  const raw = JSON.parse(await cli(...result, '--no-json-shorthand-payloads')) as { result: { data: string } };
  const report = JSON.parse(Buffer.from(raw.result.data, 'base64').toString('utf8')) as FleetReport;
  expect(report).toMatchObject({ failed: [], errored: [] });
});
