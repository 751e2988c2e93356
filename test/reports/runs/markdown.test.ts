import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { markdownText, summaryMarkdown } from '../../../src/reports/runs/markdown.ts';
import { exampleReport, reportOf } from '../example-report.ts';
import { hostileText } from '../hostile-text.ts';

test('the summary counts, and lists the servers that failed or could not be judged', () => {
  expect(summaryMarkdown(exampleReport)).toMatchInlineSnapshot(`
    "**10 servers**: 2 pass, 3 fail, 2 error, 1 measured, 1 busy, 1 not reached

    nightly

    | server | verdict | reason |
    | --- | --- | --- |
    | web-7 | fail | cpu.events_per_second 3,912 of >= 7,200 events/s (54 %) |
    | gpu-2 | fail | cpu.events_per_second 7,000 of >= 7,200 events/s (97 %) |
    | gpu-2 | fail | gpu.fp32_gflops of device 1: 41,250 of >= 45,000 GFLOPS (91 %) |
    | gpu-3 | fail | cpu.events_per_second 7,100 of >= 7,200 events/s (98 %) |
    | gpu-3 | error | gpu: ToolMissing: no clpeak |
    | web-4 | error | ServerUnreachable: connect ECONNREFUSED 10.0.0.4:22, tried for 60 s |
    | web-5 | error | ServerUnreachable: connect ETIMEDOUT 10.0.0.5:22, tried for 60 s |
    | web-8 | busy | ServerBusy: server/web-8 is running |
    | web-9 | not reached | the run was cancelled before this server was started |"
  `);
});

test('a run or check that nothing else is wrong with names the servers that were busy, cancelled or not reached', () => {
  const servers = [
    unmeasuredRow('web-1', 'not_reached', null, 'the run was cancelled'),
    unmeasuredRow('web-2', 'busy', { type: 'ServerBusy', message: 'others use 63 % of its CPU time' }),
    unmeasuredRow('web-3', 'cancelled', null, 'the run was cancelled; leftover: none'),
  ];
  const named = [
    '| web-2 | busy | ServerBusy: others use 63 % of its CPU time |',
    '| web-3 | cancelled | the run was cancelled; leftover: none |',
    '| web-1 | not reached | the run was cancelled |',
  ].join('\n');
  expect(summaryMarkdown(reportOf(servers))).toContain(named);
  expect(summaryMarkdown({ ...reportOf(servers), checkOnly: true })).toContain(named);
});

test('a run without problems is one line', () => {
  expect(summaryMarkdown(reportOf([]))).toBe('**0 servers**: 0 pass, 0 fail, 0 error');
});

test('a check shows servers as ready, not as passed', () => {
  const report = { ...exampleReport, checkOnly: true as const, servers: [], note: null };
  expect(summaryMarkdown(report)).toBe(
    '**10 servers** checked: 2 ready, 3 fail, 2 error, 1 measured, 1 busy, 1 not reached'
  );
});

test.each([
  ['cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)', null],
  ['latency 12 of <= 10 ms: web-1.example.com:22, 1.5 GB/s', null],
  ['a|b `c` **d** ~~e~~ _f_ g_h $i$', 'a\\|b \\`c\\` \\*\\*d\\*\\* \\~\\~e\\~\\~ \\_f\\_ g_h \\$i\\$'],
  ['0_0__1 _0_', '0_0\\_\\_1 \\_0\\_'],
  ['<img src=x> </td> &lt; \\', '&#60;img src=x> &#60;/td> \\&lt; \\\\'],
  ['[d](http://e) www.f.io mailto:g@h', '\\[d\\](http\\://e) www\\.f.io mailto\\:g@h'],
  ['@org a -- b... 1/2 (c) :x:', '@&#8288;org a \\-\\- b\\.\\.\\. 1&#47;2 \\(c) \\:x:'],
  ['# a', '\\# a'],
  ['1. a', '1\\. a'],
  ['> a', '\\> a'],
])('markup is escaped, and other text stays readable: %s', (text, expected) => {
  expect(markdownText(text)).toBe(expected ?? text);
});

test('every row has three cells, for any text from a server', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const row = unmeasuredRow('web-1', 'error', { type: 'UnreadableOutput', message: text });
      const lines = summaryMarkdown(reportOf([row], text)).split('\n');
      const last = lines.at(-1)!;
      expect(lines.length).toBe(7);
      // Unescaped cell ends: an even number of backslashes before the bar.
      expect(last.match(/(?<!\\)(\\\\)*\|/g)).toHaveLength(4);
      expect(last).not.toMatch(/<(?!=? )/);
    }),
    { examples: [['|\\|\\\\|'], ['<script>'], ['\n| web-2 | pass |']] }
  );
});

test('ten thousand failures stay below the limit of Temporal, and omitted servers are counted', () => {
  const rows = Array.from({ length: 10_000 }, (_, index) =>
    unmeasuredRow(`web-${index}`, 'error', { type: 'X', message: '東'.repeat(400) })
  );
  const summary = summaryMarkdown(reportOf(rows));
  expect(Buffer.byteLength(summary)).toBeLessThan(20_000);
  expect(summary).toMatch(/and 99\d\d more servers$/);
});

test('of a run that goes on, tells how many have ended and which are measured', () => {
  const live = { requested: 40, running: Array.from({ length: 12 }, (_, index) => `web-${index}`) };
  expect(summaryMarkdown(reportOf([]), live)).toBe(
    '**0 of 40 servers**: 0 pass, 0 fail, 0 error; running: web-0, web-1, web-2, web-3, web-4, web-5, web-6, web-7, web-8, web-9 and 2 more'
  );
  expect(summaryMarkdown(reportOf([]), { requested: 2, running: [], undecided: ['web-1'] })).toBe(
    '**0 of 2 servers**: 0 pass, 0 fail, 0 error; ended, not final: web-1'
  );
  expect(summaryMarkdown(reportOf([]), { requested: 0, running: [] })).toBe(summaryMarkdown(reportOf([])));
});
