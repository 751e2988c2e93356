import fc from 'fast-check';
import { textWidth } from '../../../src/reports/text-width.ts';
import { expect, test } from 'vitest';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { countVerdicts } from '../../../src/domain/verdicts/verdict.ts';
import { heartbeatLine, progressLine, renderProgress, type ProgressState } from '../../../src/reports/runs/progress.ts';
import { exampleReadiness } from '../../support/example-readiness.ts';
import { exampleReport } from '../example-report.ts';
import { hostileText } from '../hostile-text.ts';

const startedAt = '2026-11-24T02:00:00.000Z';
const now = Date.parse('2026-11-24T02:01:00.000Z');

function runningFor(...seconds: number[]): ProgressState['running'] {
  return seconds.map((each, index) => ({
    serverId: `web-${index}`,
    since: new Date(now - each * 1000).toISOString(),
  }));
}

test('shows the progress, and the servers that have been running longest', () => {
  const counts = countVerdicts(['pass', 'pass', 'fail', 'error']);
  const [first, longest, ...others] = runningFor(5, 40, 12);
  const known = { ...longest!, step: 'cpu, sample 2 of 3', seconds: 90 };
  const running = [{ ...first!, seconds: 4 }, known, ...others];
  const state = { startedAt, requested: 20, running, ended: 4, counts, secondsLeft: 250 };
  expect(renderProgress(state, 200, now)).toMatchInlineSnapshot(`
    "4 of 20 servers done (1 fail, 1 error), 3 running, 13 waiting, 1m, about 4m left
      web-1 40s 44 %               cpu, sample 2 of 3
      web-2 12s
      web-0 5s  longer than before"
  `);
});

test('shows that servers are still being selected', () => {
  const state = { startedAt, requested: null, running: [], ended: 0, counts: countVerdicts([]), secondsLeft: null };
  expect(renderProgress(state, 80, now)).toBe('selecting servers, 1m');
});

test('shows ten servers, and counts the others', () => {
  const running = runningFor(...Array.from({ length: 50 }, (_, index) => index));
  const state = { startedAt, requested: 50, running, ended: 0, counts: countVerdicts([]), secondsLeft: null };
  const lines = renderProgress(state, 80, now).split('\n');
  expect(lines).toHaveLength(12);
  expect(lines[1]).toBe('  web-49 49s');
  expect(lines.at(-1)).toBe('  and 40 more servers');
});

test('is never wider than the terminal, so it can be redrawn', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 120 }), hostileText, (width, serverId) => {
      const state = {
        startedAt,
        requested: 9,
        ended: 3,
        counts: countVerdicts(['fail', 'pass', 'pass']),
        secondsLeft: 70,
      };
      const block = renderProgress({ ...state, running: [{ serverId, since: startedAt }] }, width, now);
      for (const line of block.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
    })
  );
});

test.each([
  [null, ''],
  [0, ''],
  [20, ', less than a minute left'],
  [170, ', about 3m left'],
  [4_700, ', about 1h 20m left'],
])('with %j seconds left, the totals end with "%s"', (secondsLeft, end) => {
  const state = { startedAt, requested: 2, running: [], ended: 1, counts: countVerdicts(['pass']), secondsLeft };
  expect(renderProgress(state, 200, now)).toBe(`1 of 2 servers done, 0 running, 1 waiting, 1m${end}`);
});

test('a log gets the totals and the server that has been running longest, in one line', () => {
  const [first, longest] = runningFor(5, 40);
  const running = [first!, { ...longest!, step: 'cpu, sample 2 of 3', seconds: 90 }];
  const state = { startedAt, requested: 3, running, ended: 1, counts: countVerdicts(['fail']), secondsLeft: 120 };
  expect(heartbeatLine(state, now)).toBe(
    '1 of 3 servers done (1 fail), 2 running, 1m, about 2m left; longest: web-1 40s, 44 %, cpu, sample 2 of 3'
  );
});

test('a clock that is behind does not give negative times', () => {
  const state = {
    startedAt,
    requested: 2,
    running: runningFor(-90),
    ended: 1,
    counts: countVerdicts(['pass']),
    secondsLeft: null,
  };
  expect(renderProgress(state, 80, Date.parse(startedAt) - 5000)).not.toMatch(/ -\d/);
});

test('a checked server is shown as ready, not as passed', () => {
  const row = { ...exampleReport.servers[0]!, benchmarks: [], readiness: exampleReadiness() };
  expect(progressLine(row)).toBe('web-1 ready');
});

test('a server that has ended is one line', () => {
  expect(exampleReport.servers.map((row) => progressLine(row))).toMatchInlineSnapshot(`
    [
      "web-1 pass cpu.events_per_second 8,012 events/s (11 % to spare)",
      "web-7 fail cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)",
      "web-4 error ServerUnreachable: connect ECONNREFUSED 10.0.0.4:22, tried for 60 s",
      "web-5 error ServerUnreachable: connect ETIMEDOUT 10.0.0.5:22, tried for 60 s",
      "gpu-1 pass cpu.events_per_second 8,400 events/s (16 % to spare), gpu.fp32_gflops 46,000 to 47,100 GFLOPS on 2 devices (2 % to spare)",
      "gpu-2 fail cpu.events_per_second 7,000 of >= 7,200 events/s (97 %); and 1 more",
      "gpu-3 fail cpu.events_per_second 7,100 of >= 7,200 events/s (98 %); and 1 more",
      "new-1 measured cpu.events_per_second 9,100 events/s",
      "web-8 busy ServerBusy: server/web-8 is running",
      "web-9 not reached the run was cancelled before this server was started",
    ]
  `);
  expect(progressLine(unmeasuredRow('web-1', 'error', { type: 'X', message: 'a\nb' }))).toBe('web-1 error X: a b');
});
