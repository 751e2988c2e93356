import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ReportExtras } from '../../../src/reports/html/extras.ts';
import { htmlReport } from '../../../src/reports/html/html-report.ts';
import { PAGE_SCRIPT, SCRIPT_HASH } from '../../../src/reports/html/page-script.ts';
import { PAGE_STYLE, STYLE_HASH } from '../../../src/reports/html/page-style.ts';
import type { FleetReport } from '../../../src/domain/reports/fleet-report.ts';
import type { Reading } from '../../../src/domain/measurements/measurement.ts';
import { unmeasuredRow, type ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { exampleReadiness } from '../../support/example-readiness.ts';
import { largeFleet, smallFleet } from '../example-fleets.ts';
import { events, exampleReport, gflops, judgedServer, outcome, reportOf } from '../example-report.ts';
import { mixedServer } from '../mixed-server.ts';

/** The text of a page, without style and script. */
function textOf(html: string): string {
  const body = html.replace(/<(style|script)>.*?<\/\1>/gs, '').replace(/<[^>]*>/g, ' ');
  const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return body.replace(/&[a-z#0-9]+;/g, (each) => entities[each as keyof typeof entities]).replace(/\s+/g, ' ');
}

/** The part of a page from one heading to the next. */
function section(html: string, id: string): string {
  return new RegExp(`<section id="${id}">.*?</section>`, 's').exec(html)?.[0] ?? '';
}

const sectionsOf = (html: string): string[] => [...html.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id!);

describe('the page', () => {
  const small = smallFleet();
  const html = htmlReport(small);

  test('says how it was run: the settings, and the run that it retries', () => {
    const settings = { benchmarks: ['cpu'], maxParallel: 5, measureOnly: true, evenIfBusy: true };
    const run = textOf(section(htmlReport({ ...small, settings, retryOf: 'fleet-<1>' }), 'run'));
    expect(run).toContain('retry of fleet-<1>');
    expect(run).toContain('settings at most 5 in parallel, measured without judging, also if busy');
  });

  test('begins with the result in one sentence, and shows wrong results first', () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('<h1>4 of 14 servers fall short</h1>');
    expect(textOf(html)).toContain('1 server computes wrong results.');
    expect(sectionsOf(html)).toEqual([
      'list',
      'wrong',
      'failed',
      'unjudged',
      'measurements',
      'servers',
      'others',
      'machines',
      'run',
    ]);
    expect(textOf(section(html, 'list'))).toMatch(/gpu-b03 .*gpu-b02 .*gpu-b04 .*cpu-b05 /);
  });

  test('says of a failed server what was measured and expected, by which device, and what the machine did', () => {
    const text = textOf(section(html, 'failed'));
    for (const part of [
      ...['gpu.fp32_gflops device 3 (0000:5d:00.0) · NVIDIA H100 80GB HBM3 · GPU-5dcac49b-bc5a-f781-9c02-889186926073'],
      ...['measured 36,610 GFLOPS', 'limit ≥ 48,640 GFLOPS', 'of the limit 75 %', 'median of the class 51,'],
      ...['hottest CPU sensor 97 °C', 'thermal throttlings 123', 'CPU clock 1,422 MHz', 'What to do: Compare with'],
    ])
      expect(text).toContain(part);
    expect(textOf(section(html, 'wrong'))).toContain('wrong results: "GPU 5: FAULTY, 1,284 errors"');
    expect(textOf(section(html, 'unjudged'))).toContain('Inconclusive : cpu.events_per_second 119,363 of >= 136,160');
  });

  test('shows the failures of a server before its errors, in its card and in the table', () => {
    const mixed = htmlReport(reportOf([mixedServer(), { ...mixedServer(), serverId: 'web-2' }]));
    const order = /ram\.ecc_errors .*cpu\.events_per_second .*disk\.read .*tool1: /;
    for (const id of ['wrong', 'servers']) expect(textOf(section(mixed, id))).toMatch(order);
    expect(textOf(section(mixed, 'servers'))).toContain('and 18 more lines');
    expect(textOf(section(mixed, 'list'))).toMatch(/web-1 ram\..*web-2 ram\..*web-1 cpu\..*web-1 disk\./);
  });

  test('names the machines that differ from their class', () => {
    const text = textOf(section(html, 'machines'));
    expect(text).toContain('memory 755 GiB differs: cpu-b04 692 GiB');
    expect(text).toContain('GPUs 8 x NVIDIA H100 80GB HBM3 differs: gpu-b04 7 x');
    expect(text).toContain('BIOS 2.16 differs: cpu-b03 1.58');
    expect(text).toContain('GPU driver 550.127.05');
    expect(text).toContain('system Debian GNU/Linux 12 (bookworm) differs: cpu-b07 Debian GNU/Linux 11 (bullseye)');
  });

  test('says how it was run', () => {
    const text = textOf(section(html, 'run'));
    for (const part of ['note acceptance of hall B', 'run fleet-20261128-220400', 'started 2026-11-28 22:04:00 UTC'])
      expect(text).toContain(part);
    expect(text).toContain('selected 14 servers, --limit hall-b');
    expect(text).toContain('benchmarks cpu with sysbench; gpu with clpeak; burn with command; disk with command');
    expect(textOf(htmlReport(exampleReport))).toContain('--sample 25% --seed 12345');
  });

  test('links only to its own parts, which exist, and loads nothing', () => {
    for (const page of [html, htmlReport(largeFleet(200)), htmlReport(exampleReport)]) {
      const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
      const targets = [...page.matchAll(/ href="([^"]*)"/g)].map(([, target]) => target!);
      expect(targets.filter((target) => !ids.has(target.slice(1)))).toEqual([]);
      expect(page.replace(/<(style|script)>.*?<\/\1>/gs, '')).not.toMatch(
        / (src|style|on[a-z]+|action|xlink:href)=|url\(|@import/
      );
      expect([...page.matchAll(/ id="([^"]+)"/g)].length).toBe(ids.size);
    }
  });

  test('has a policy that allows its own style and script alone', () => {
    const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
    expect(STYLE_HASH).toBe(hash(PAGE_STYLE));
    expect(SCRIPT_HASH).toBe(hash(PAGE_SCRIPT));
    expect(html).toContain(`<style>${PAGE_STYLE}</style>`);
    expect(html).toContain(`<script>${PAGE_SCRIPT}</script>`);
    expect(html).toMatch(
      /Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-\S+&#39;; script-src/
    );
  });

  test('is the same for the same report, byte for byte', () => {
    expect(htmlReport(smallFleet())).toBe(html);
    expect(htmlReport(JSON.parse(JSON.stringify(small)) as typeof small)).toBe(html);
  });
});

describe('without a part of a report', () => {
  test.each([
    ['no server', reportOf([]), 'No server was measured', ['servers', 'run']],
    [
      'passed servers',
      reportOf([judgedServer('web-1', { cpu: outcome(events(8000)) })]),
      '1 of 1 server passed',
      ['measurements', 'servers', 'others', 'machines', 'run'],
    ],
    [
      'measured servers',
      reportOf([judgedServer('web-1', { cpu: outcome(events(8000)) }, {})]),
      '1 server measured',
      ['measurements', 'servers', 'others', 'machines', 'run'],
    ],
    [
      'unreachable servers',
      reportOf([unmeasuredRow('web-1', 'error', null, 'away')]),
      'The server was not judged',
      ['unjudged', 'servers', 'run'],
    ],
    [
      'a cancelled run',
      reportOf([unmeasuredRow('web-1', 'cancelled', null, 'x'), unmeasuredRow('web-2', 'not_reached', null, 'x')]),
      'None of 2 servers was judged',
      ['unjudged', 'servers', 'run'],
    ],
  ])('%s', (_, report, headline, sections) => {
    const html = htmlReport(report);
    expect(html).toContain(`<h1>${headline}</h1>`);
    expect(sectionsOf(html)).toEqual(sections);
  });

  test('the headline counts only servers that could not be judged, if others were', () => {
    const away = unmeasuredRow('web-9', 'error', null, 'away');
    const headlineOf = (report: FleetReport): string => /<h1>(.*?)<\/h1>/.exec(htmlReport(report))![1]!;
    const passed = judgedServer('web-1', { cpu: outcome(events(8000)) });
    const measured = judgedServer('web-2', { cpu: outcome(events(8000)) }, {});
    expect(headlineOf(reportOf([passed, measured, away]))).toBe('1 of 3 servers could not be judged');
    expect(headlineOf(reportOf([measured, away, away]))).toBe('None of 3 servers was judged');
    const settings = { benchmarks: ['cpu'], maxParallel: 5, measureOnly: true, evenIfBusy: false };
    expect(headlineOf({ ...reportOf([measured, away]), settings })).toBe('1 of 2 servers measured');
  });

  test('how many servers were cancelled is below the headline', () => {
    const measured = judgedServer('web-1', { cpu: outcome(events(8000)) }, {});
    const page = htmlReport(reportOf([measured, unmeasuredRow('web-2', 'cancelled', null, 'the run was cancelled')]));
    expect(textOf(page)).toContain('None of 2 servers was judged 1 server cancelled.');
    const refused = unmeasuredRow('web-2', 'not_reached', null, 'stopped after 5 servers refused the key');
    expect(textOf(htmlReport(reportOf([measured, refused])))).not.toContain('server cancelled');
    const unstarted = unmeasuredRow(
      'web-2',
      'not_reached',
      null,
      'the run was cancelled before this server was started'
    );
    expect(textOf(htmlReport({ ...reportOf([unstarted]), checkOnly: true }))).toContain('1 server cancelled.');
  });

  test('a device without a model is named once, by its number or by its name', () => {
    const readings: Reading[] = [3, 1_000_000].map((device) => ({ ...gflops(1)[0]!, device }));
    const devices = ['3', '0 > 5'].map((name, index) => {
      return { device: readings[index]!.device!, address: null, name, uuid: null, isPartitioned: false };
    });
    const html = htmlReport(reportOf([judgedServer('gpu-1', { gpu: { ...outcome(readings), devices } })]));
    const heads = [...html.matchAll(/<h4>.*?<\/h4>/g)].map(([head]) => textOf(head).trim());
    expect(heads).toEqual(['gpu.fp32_gflops device 3', 'gpu.fp32_gflops device 0 > 5']);
  });

  test('the legend explains shortfalls only if something is expected', () => {
    const legendOf = (report: FleetReport): string => textOf(section(htmlReport(report), 'measurements'));
    const expected = legendOf(reportOf([judgedServer('web-1', { cpu: outcome(events(8000)) })]));
    expect(expected).toContain('short of its limit');
    const measured = legendOf(reportOf([judgedServer('web-1', { cpu: outcome(events(8000)) }, {})]));
    expect(measured).toContain('server or device. ○ far from the others of its class.');
    expect(measured).not.toContain('limit');
  });

  test('a check says ready', () => {
    const report = {
      ...reportOf([unmeasuredRow('web-1', 'pass', null), unmeasuredRow('web-2', 'error', null, 'no')]),
      checkOnly: true as const,
    };
    const text = textOf(htmlReport(report));
    expect(text).toContain('1 of 2 servers is not ready');
    expect(text).toContain('1 ready');
    expect(text).not.toContain('judged');
  });

  test('a check shows what it found on each server, behind a fold', () => {
    const measured = judgedServer('web-1', { cpu: outcome(events(8000)) });
    const benchmarks = measured.benchmarks.map(({ limits: _, ...row }) => ({ ...row, measurements: [] }));
    const row = { ...measured, benchmarks, readiness: exampleReadiness() };
    const text = textOf(section(htmlReport({ ...reportOf([row]), checkOnly: true }), 'others'));
    expect(text).toContain('web-1 ready login bench, host key SHA256:');
    expect(text).toContain('jobs in /var/tmp/.fleetmark.1000, 120 GiB free');
  });

  test('a row of an earlier version, without limits, still shows the limit that was not reached', () => {
    const row = judgedServer('gpu-1', { gpu: outcome(gflops(46_000, 41_250)) });
    const earlier = { ...row, benchmarks: row.benchmarks.map(({ limits: _, ...each }) => each) };
    expect(section(htmlReport(reportOf([earlier])), 'measurements')).toContain('limit ≥ 45,000');
  });

  test('numbers that are not finite are left out of the plots', () => {
    const rows = [
      judgedServer('web-1', { cpu: outcome(events(Number.NaN, 8000)) }),
      judgedServer('web-2', { cpu: outcome(events(8100)) }),
    ];
    const html = htmlReport(reportOf(rows));
    expect(html).not.toMatch(/="(NaN|-?Infinity)|NaN%/);
    expect(section(html, 'measurements')).toContain('1 value');
  });

  test('values that are all equal, zero or negative have a plot', () => {
    for (const values of [[0, 0], [-5, -5, 3], [1e-9], [1e15, 1e15 + 1]]) {
      const rows = values.map((value, index) => judgedServer(`web-${index}`, { cpu: outcome(events(value)) }, {}));
      expect(htmlReport(reportOf(rows))).not.toMatch(/="(NaN|-?Infinity)|NaN%/);
    }
  });
});

describe('with more than a report', () => {
  const report = smallFleet();
  const extras: ReportExtras = {
    about: [
      ['fleetmark', '9.9.9'],
      ['started by', 'ada'],
    ],
    samples: [{ serverId: 'gpu-b02', metric: 'gpu.fp32_gflops', device: 3, samples: [36_500, 36_610, 36_720] }],
    outputs: [
      {
        serverId: 'gpu-b03',
        benchmark: 'burn',
        title: 'sample 1',
        text: '\u001b[31mGPU 5:\u001b[0m\r\n\tFAULTY </pre><b>\u0000',
      },
      { serverId: 'gpu-b01', benchmark: 'cpu', title: 'sample 1', text: 'fine' },
    ],
  };

  test('shows samples, raw outputs and further facts', () => {
    const html = htmlReport(report, extras);
    expect(textOf(html)).toContain('36,500, 36,610, 36,720');
    expect(html).toContain('<pre tabindex="0">GPU 5:\n\tFAULTY &lt;/pre&gt;&lt;b&gt;\ufffd</pre>');
    expect(textOf(section(html, 'others'))).toContain('Raw output of cpu: sample 1 fine');
    expect(textOf(section(html, 'run'))).toContain('started by ada');
  });

  test('says of an output that is not known that it was left out', () => {
    const left = { serverId: 'gpu-b03', benchmark: 'burn', title: 'sample 2', text: null };
    const html = htmlReport(report, { outputs: [left] });
    expect(html).toContain('<summary>Raw output of burn: sample 2</summary><pre tabindex="0">Left out: ');
  });

  test('cuts outputs that are too large, those of the worst servers last', () => {
    const text = 'x'.repeat(30_000);
    const outputs = ['gpu-b01', 'gpu-b03'].flatMap((serverId) =>
      Array.from({ length: 40 }, (_, index) => ({ serverId, benchmark: 'burn', title: `sample ${index}`, text }))
    );
    const html = htmlReport(report, { outputs });
    expect(html.length).toBeLessThan(3_000_000);
    expect(textOf(section(html, 'wrong')).match(/and 10,000 more characters/g)).toHaveLength(40);
    expect(textOf(section(html, 'others'))).toContain('Left out: the page would be too large.');
  });

  test('begins with what changed since the last run', () => {
    const before = report.servers.slice(1).map((row) => {
      if (row.serverId === 'gpu-b03') return { ...row, verdict: 'pass' as const };
      return row.serverId === 'cpu-b01' ? { ...row, verdict: 'fail' as const } : row;
    });
    const previous = { ...report, run: 'fleet-before', servers: [...before, unmeasuredRow('old-1', 'skip', null)] };
    const text = textOf(section(htmlReport(report, { previous }), 'changes'));
    expect(text).toContain('Compared with fleet-before of 2026-11-28 22:04:00 UTC');
    expect(text).toContain(
      'Newly failed (1) gpu-b03 Still failing (3) gpu-b02 , gpu-b04 , cpu-b05 Recovered (1) cpu-b01'
    );
    expect(text).toContain('New in this run (1) gpu-b01 Not in this run (1) old-1');
    expect(textOf(section(htmlReport(report, { previous: report }), 'changes'))).not.toContain('Newly');
    const failedRuns = new Map([['gpu-b02', 3]]);
    expect(textOf(section(htmlReport(report, { previous, failedRuns }), 'changes'))).toMatch(
      /Still failing \(3\) gpu-b02 for 3 runs ?, gpu-b04 , cpu-b05 /
    );
  });
});

describe('a large fleet', () => {
  const report = largeFleet(1000);
  const html = htmlReport(report);

  const many = (metrics: number): Reading[] =>
    Array.from({ length: metrics }, (_, index) => ({
      metric: `cpu.kernel_${index}_rate`,
      unit: 'GB/s',
      better: 'higher',
      device: null,
      value: 13.46 + index,
    }));
  const eight = (): Reading[] =>
    [1, 2, 3, 4].flatMap((metric) =>
      gflops(1, 2, 3, 4, 5, 6, 7, 8).map((each) => ({ ...each, metric: `gpu.rate_${metric}` }))
    );
  const gpuLimits = Object.fromEntries([1, 2, 3, 4].map((metric) => [`gpu.rate_${metric}`, { min: 4.5 }]));
  const servers = (row: (serverId: string) => ServerRow): FleetReport =>
    reportOf(Array.from({ length: 1000 }, (_, index) => row(`rack-${String(index).padStart(4, '0')}`)));

  test.each([
    ['a few short ones', () => report],
    [
      'all short',
      () =>
        servers((id) =>
          judgedServer(id, { cpu: outcome(events(10, 11, 12)), gpu: outcome(gflops(1, 2, 3, 4, 5, 6, 7, 8)) })
        ),
    ],
    [
      'four metrics of eight devices, half of them short',
      () => servers((id) => judgedServer(id, { gpu: outcome(eight()) }, gpuLimits)),
    ],
    ['11 metrics', () => servers((id) => judgedServer(id, { cpu: outcome(many(11)) }, {}))],
    ['32 metrics', () => servers((id) => judgedServer(id, { cpu: outcome(many(32)) }, {}))],
    [
      'long errors',
      () => servers((id) => unmeasuredRow(id, 'error', { type: 'ServerUnreachable', message: 'x'.repeat(5000) })),
    ],
  ])('of 1,000 servers takes less than 3 MB: %s', (_, make) => {
    expect(Buffer.byteLength(htmlReport(make()))).toBeLessThan(3_000_000);
  });

  test('takes less than 3 MB with all samples and outputs, those of the worst servers in full', () => {
    const text = '"<&>\n'.repeat(1000);
    const outputs = report.servers.map(({ serverId }) => ({ serverId, benchmark: 'cpu', title: 'sample 1', text }));
    const samples = report.servers.flatMap(({ serverId, benchmarks }) =>
      benchmarks.flatMap(({ measurements }) =>
        measurements.map(({ metric, device, value }) => ({ serverId, metric, device, samples: [value, value, value] }))
      )
    );
    const full = htmlReport(report, { outputs, samples, previous: report });
    expect(Buffer.byteLength(full)).toBeLessThan(3_000_000);
    expect(section(full, 'failed').match(/<pre tabindex="0">&quot;/g)).toHaveLength(34);
    const values = (html: string): number => section(html, 'measurements').match(/<li>/g)!.length;
    expect(section(full, 'measurements').match(/<small>(.+), \1, \1<\/small>/g)).toHaveLength(values(html));
  });

  test('of 11 metrics leaves out the outputs for which there is no room below 3 MB, those of the first cards last', () => {
    const of = servers((id) => judgedServer(id, { cpu: outcome(many(11)) }, { 'cpu.kernel_0_rate': { min: 99 } }));
    const outputs = of.servers.map(({ serverId }) => ({
      ...{ serverId, benchmark: 'cpu', title: 'sample 1', text: 'x'.repeat(20_000) },
    }));
    const full = htmlReport(of, { outputs });
    expect(Buffer.byteLength(full)).toBeLessThan(3_000_000);
    const cards = section(full, 'failed').split('<article').slice(1);
    expect(cards[0]!.includes('x'.repeat(20_000))).toBe(true);
    expect(cards.at(-1)).toContain('Left out: the page would be too large.');
  });

  test('has a heat map with every measured server', () => {
    const map = section(html, 'heat-map');
    expect(map.match(/<svg x="/g)).toHaveLength(
      report.servers.filter(({ benchmarks }) => benchmarks.length > 0).length
    );
    expect(map).toContain('<title>node-r01-08 fail: cpu.events_per_second 104,000 events/s, disk.read_iops');
    expect(section(htmlReport(largeFleet(40)), 'heat-map')).toBe('');
    expect(section(htmlReport(largeFleet(41)), 'heat-map')).not.toBe('');
  });

  test('has few tab stops: short values and outliers link to their servers, up to a limit', () => {
    for (const strip of html.match(/<svg class="strip".*?<\/figure>/gs)!) {
      expect(
        strip.match(/<svg class="strip".*?<\/svg><p|<svg class="strip".*?<\/svg><output/s)![0].match(/<a /g)?.length ??
          0
      ).toBeLessThanOrEqual(12);
    }
  });

  test('names every dot, and lists every value', () => {
    const measurements = section(html, 'measurements');
    const values = report.servers.flatMap((row) => row.benchmarks.flatMap((each) => each.measurements)).length;
    expect(measurements.match(/<title>/g)).toHaveLength(values);
    expect(measurements.match(/<li>/g)).toHaveLength(values);
  });
});
