import { expect, test } from 'vitest';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { annotationsText } from '../../../src/reports/exports/annotations.ts';
import { largeFleet, smallFleet } from '../example-fleets.ts';
import { exampleReport, reportOf } from '../example-report.ts';
import { mixedFailures, mixedServer } from '../mixed-server.ts';

test('each shortfall is an error, each server that could not be judged a warning', () => {
  expect(annotationsText(smallFleet())).toMatchInlineSnapshot(`
    "::error title=gpu-b03 fail::burn on device 5 (0000:bb:00.0): wrong results: "GPU 5: FAULTY, 1,284 errors"
    ::error title=gpu-b02 fail::gpu.fp32_gflops of device 3 (0000:5d:00.0): 36,610 of >= 48,640 GFLOPS (75 %25)
    ::error title=gpu-b04 fail::gpu.devices 7 of >= 8 devices (87 %25); not measured: 0000:09:00.0 ASPEED 1a03:2000 (display only)
    ::error title=cpu-b05 fail::cpu.events_per_second 79,901 of >= 136,160 events/s (58 %25)
    ::warning title=cpu-b06 error::cpu: Inconclusive: cpu.events_per_second 119,363 of >= 136,160 events/s (87 %25), but its hypervisor withheld 31 %25 of its CPU time
    ::warning title=cpu-b07 error::disk: ToolMissing: fio is not installed: apt-get install fio
    ::warning title=cpu-b08 error::ServerUnreachable: cannot connect to 10.20.4.18:22: connection timed out (7 attempts in 60 s)
    ::warning title=db-b1 busy::ServerBusy: this server is busy with other work: others use 63 %25 of its CPU time
    "
  `);
});

test('servers that were cancelled or not reached are warnings, after errors', () => {
  const servers = [
    unmeasuredRow('web-1', 'not_reached', null, 'the run was cancelled'),
    unmeasuredRow('web-2', 'cancelled', null, 'the run was cancelled; leftover: none'),
    unmeasuredRow('web-3', 'error', null, 'no answer'),
    unmeasuredRow('web-4', 'skip', null, 'the same machine as web-1'),
  ];
  expect(annotationsText(reportOf(servers))).toBe(
    '::warning title=web-3 error::no answer\n' +
      '::warning title=web-2 cancelled::the run was cancelled; leftover: none\n' +
      '::warning title=web-1 not reached::the run was cancelled\n'
  );
});

test('percent signs and separators are encoded, as the toolkit of GitHub does', () => {
  expect(annotationsText(exampleReport)).toContain(
    '::error title=web-7 fail::cpu.events_per_second 3,912 of >= 7,200 events/s (54 %25)\n'
  );
  const row = unmeasuredRow('a:b,c%', 'error', null, '100 %::error::x\n::stop-commands::y');
  expect(annotationsText(reportOf([row]))).toBe(
    '::warning title=a%3Ab%2Cc%25 error::100 %25::error::x ::stop-commands::y\n'
  );
});

test('no kind has more than GitHub shows of a step', () => {
  const lines = annotationsText(largeFleet(1000)).trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10);
  expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(10);
});

test('a run without a problem has none', () => {
  expect(annotationsText(reportOf([unmeasuredRow('web-1', 'skip', null)]))).toBe('');
});

test('the errors of a failed server are warnings: they take no place of a failure', () => {
  const lines = annotationsText(reportOf([mixedServer(), { ...mixedServer(), serverId: 'web-2' }])).split('\n');
  const errors = lines.filter((line) => line.startsWith('::error '));
  expect(errors).toHaveLength(2 * mixedFailures.length);
  expect(errors.every((line) => /title=web-\d fail::/.test(line))).toBe(true);
  expect(lines).toContain('::warning title=web-1 error::tool1: UnreadableOutput: no number');
});
