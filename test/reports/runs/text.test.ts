import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { verdicts } from '../../../src/domain/verdicts/verdict.ts';
import { summaryMarkdown } from '../../../src/reports/runs/markdown.ts';
import { textReport } from '../../../src/reports/runs/text.ts';
import { events, exampleReport, judgedServer, outcome, reportOf } from '../example-report.ts';
import { hostileText } from '../hostile-text.ts';

describe('the report for a terminal', () => {
  test('shows the totals first and the servers that fell short last', () => {
    expect(textReport(exampleReport)).toMatchInlineSnapshot(`
      "10 servers in 21m: 2 pass, 3 fail, 2 error, 1 measured, 1 busy, 1 not reached
      random sample of 40 servers; select the same ones with --sample 25% --seed 12345
      note: nightly
      passed without gpu: 1

      web-1 pass        cpu.events_per_second 8,012 events/s (11 % to spare)
      gpu-1 pass        cpu.events_per_second 8,400 events/s (16 % to spare), gpu.fp32_gflops 46,000 to 47,100 GFLOPS on 2 devices (2 % to spare)
      new-1 measured    cpu.events_per_second 9,100 events/s
      web-9 not reached the run was cancelled before this server was started
      web-8 busy        ServerBusy: server/web-8 is running
      web-4 error       ServerUnreachable: connect ECONNREFUSED 10.0.0.4:22, tried for 60 s
      web-5 error       ServerUnreachable: connect ETIMEDOUT 10.0.0.5:22, tried for 60 s

      ServerUnreachable: Check that the server is up, and that the worker can reach its address and port.
      ToolMissing: Install the tool on the server, or expect a metric of an installed tool.
      ServerBusy: Wait until the other run or the other work on this server has ended; --even-if-busy measures despite other work.
      PerformanceBelowExpected: Compare with servers of the same class, then check cooling, clocks and other load on this server.

      web-7 fail cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)
      gpu-2 fail cpu.events_per_second 7,000 of >= 7,200 events/s (97 %)
      gpu-2 fail gpu.fp32_gflops of device 1: 41,250 of >= 45,000 GFLOPS (91 %)
      gpu-3 fail cpu.events_per_second 7,100 of >= 7,200 events/s (98 %)
      gpu-3 error gpu: ToolMissing: no clpeak
      "
    `);
  });

  test('names the run that it retries, unless its note does', () => {
    const texts = ['new fans', 'retry of fleet-1'].map((note) => {
      return textReport({ ...exampleReport, retryOf: 'fleet-1', note });
    });
    expect(texts[0]).toContain('\nretry of fleet-1\nnote: new fans\n');
    expect(texts[1]!.match(/retry of fleet-1/g)).toHaveLength(1);
  });

  test('lists the servers that compute wrong results before those that are slow', () => {
    const faults = [{ says: 'wrong results', device: null, text: '' }];
    const servers = [
      judgedServer('slow-1', { cpu: outcome(events(100)) }),
      judgedServer('wrong-1', { cpu: { ...outcome(events(9000)), faults } }),
    ];
    const failed = textReport(reportOf(servers))
      .split('\n')
      .filter((line) => / fail /.test(line));
    expect(failed.map((line) => line.split(' ')[0])).toEqual(['wrong-1', 'slow-1']);
    expect(summaryMarkdown(reportOf(servers))).toMatch(/wrong-1.*\n.*slow-1/);
  });

  test('has one line for each shortfall in the documented format, independent of other ids', () => {
    const lines = textReport(exampleReport).trimEnd().split('\n');
    expect(lines).toContain('web-7 fail cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)');
    expect(lines.slice(-5).every((line) => / (fail|error) /.test(line))).toBe(true);
  });

  test('shows the notes of a row in its first line', () => {
    const notes = ['measured although it was already working: others use 90 %\u001b[2J of its CPU time'];
    const passed = { ...judgedServer('web-1', { cpu: outcome(events(8000)) }), notes };
    const failed = { ...judgedServer('web-2', { cpu: outcome(events(10)) }), notes };
    const text = textReport(reportOf([passed, failed]));
    expect(text).toContain(
      'web-1 pass cpu.events_per_second 8,000 events/s (11 % to spare); measured although it was already working'
    );
    expect(text).toMatch(/^web-2 fail cpu\.events_per_second 10 of .*; measured although it was already working/m);
    expect(text).not.toContain('\u001b');
  });

  test('names the truncated parts of a row, and the workflow that has them', () => {
    const row = {
      ...judgedServer('web-1', { cpu: outcome(events(10)) }),
      ...{ temporalRunId: '0190-fa', truncated: { parts: ['evidence', 'machine'], workflowId: 'server/web-1' } },
    };
    expect(textReport(reportOf([row]))).toMatch(
      /^web-1 fail .*; truncated: evidence, machine \(in full: workflow server\/web-1, run 0190-fa\)$/m
    );
  });

  test('shows every number, on several lines if necessary', () => {
    const metric = { unit: 'GB/s', better: 'higher', device: null, value: 13.46 } as const;
    const readings = Array.from({ length: 32 }, (_, index) => ({ ...metric, metric: `links.gpu${index}` }));
    const text = textReport(reportOf([judgedServer('web-1', { links: outcome(readings) }, {})]));
    for (const each of readings) expect(text).toContain(`${each.metric} 13.5 GB/s`);
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(330);
  });

  test('leaves out passed servers if there are many', () => {
    const passed = Array.from({ length: 21 }, (_, index) =>
      judgedServer(`web-${index}`, { cpu: outcome(events(8000)) })
    );
    expect(textReport(reportOf(passed))).toBe('21 servers in 21m: 21 pass, 0 fail, 0 error\n');
    expect(textReport(reportOf(passed.slice(1)))).toContain(
      'web-20 pass cpu.events_per_second 8,000 events/s (11 % to spare)'
    );
  });

  test('gives each advice once, for any number of servers', () => {
    expect(textReport(exampleReport).match(/Check that the server is up/g)).toHaveLength(1);
  });

  test('counted errors and missing devices get their own advice, not the one about cooling', () => {
    const errors = [{ metric: 'burn.errors', unit: 'errors', better: 'lower', device: null, value: 3 }] as const;
    const devices = [{ metric: 'gpu.devices', unit: 'devices', better: 'higher', device: null, value: 3 }] as const;
    const text = textReport(
      reportOf([
        judgedServer('gpu-1', { burn: outcome([...errors]) }, { 'burn.errors': { max: 0 } }),
        judgedServer('gpu-2', { gpu: outcome([...devices]) }, { 'gpu.devices': { min: 4 } }),
      ])
    );
    expect(text).toContain('gpu-1 fail burn.errors 3 of <= 0 errors');
    expect(text).toMatch(/^WrongResult: Find the faulty part/m);
    expect(text).toMatch(/^DeviceMissing: Search the kernel log for the device/m);
    expect(text).not.toContain('cooling');
  });

  test('has colours only if requested, and then the same words', () => {
    const styled = textReport(exampleReport, (role, text) => `<${role}>${text}</${role}>`);
    expect(styled).toContain('web-7 <bad>fail</bad> cpu.events');
    expect(styled.replace(/<\/?\w+>/g, '')).toBe(textReport(exampleReport));
  });

  test('text from a server cannot end a line, control the terminal, or look like another server', () => {
    const ending = fc.constantFrom('\nweb-1 pass', '\r\u001b[2Jweb-1 pass', '\u2028web-1', '\u202eweb-1', '\u0085', '');
    fc.assert(
      fc.property(hostileText, ending, fc.constantFrom(...verdicts), (text, end, verdict) => {
        const said = text + end;
        const row = unmeasuredRow('web-2', verdict, { type: said, message: said }, said);
        const printed = textReport(reportOf([row], said));
        expect(printed.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        expect(printed.split('\n').filter((line) => line.startsWith('web-1'))).toEqual([]);
        expect(printed.split('\n').filter((line) => line.startsWith('web-2 '))).toHaveLength(1);
      })
    );
  });
});

test.each([40, 80, 160])('on a terminal of %d columns, no line is wider, and every server keeps its line', (width) => {
  const lines = textReport(exampleReport, undefined, width).split('\n');
  expect(lines.filter((line) => line.length > width)).toEqual([]);
  for (const { serverId } of exampleReport.servers) expect(lines.some((line) => line.startsWith(serverId))).toBe(true);
});
