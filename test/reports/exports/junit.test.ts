import { describe, expect, test } from 'vitest';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { junitXml } from '../../../src/reports/exports/junit.ts';
import { junitProblems } from '../../support/xmllint.ts';
import { largeFleet, smallFleet } from '../example-fleets.ts';
import { exampleReport, judgedServer, outcome, events, reportOf } from '../example-report.ts';

describe('the JUnit report', () => {
  test('has one suite for each server and one case for each benchmark', () => {
    expect(junitXml(exampleReport)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="fleetmark fleet-20261124-020000" tests="15" failures="4" errors="5" time="1260.2">
        <testsuite name="web-1" hostname="web-1" tests="2" failures="0" errors="0" skipped="1" time="64" timestamp="2026-11-24T02:00:01.000Z">
          <properties><property name="class" value="default"/></properties>
          <testcase classname="web-1" name="cpu" time="31.2"><system-out>cpu.events_per_second 8,012 events/s (11 % to spare)</system-out></testcase>
          <testcase classname="web-1" name="gpu" time="31.2"><skipped type="DeviceMissing" message="no GPU">no GPU</skipped></testcase>
        </testsuite>
        <testsuite name="web-7" hostname="web-7" tests="2" failures="1" errors="0" skipped="1" time="64" timestamp="2026-11-24T02:00:01.000Z">
          <properties><property name="class" value="default"/></properties>
          <testcase classname="web-7" name="cpu" time="31.2"><failure type="PerformanceBelowExpected" message="cpu.events_per_second 3,912 of &gt;= 7,200 events/s (54 %)">cpu.events_per_second 3,912 of &gt;= 7,200 events/s (54 %)</failure></testcase>
          <testcase classname="web-7" name="gpu" time="31.2"><skipped type="DeviceMissing" message="no GPU">no GPU</skipped></testcase>
        </testsuite>
        <testsuite name="web-4" hostname="web-4" tests="1" failures="0" errors="1" skipped="0" time="0" timestamp="2026-11-24T02:00:00.000Z">
          <properties></properties>
          <testcase classname="web-4" name="server" time="0"><error type="ServerUnreachable" message="ServerUnreachable: connect ECONNREFUSED 10.0.0.4:22, tried for 60 s">ServerUnreachable: connect ECONNREFUSED 10.0.0.4:22, tried for 60 s</error></testcase>
        </testsuite>
        <testsuite name="web-5" hostname="web-5" tests="1" failures="0" errors="1" skipped="0" time="0" timestamp="2026-11-24T02:00:00.000Z">
          <properties></properties>
          <testcase classname="web-5" name="server" time="0"><error type="ServerUnreachable" message="ServerUnreachable: connect ETIMEDOUT 10.0.0.5:22, tried for 60 s">ServerUnreachable: connect ETIMEDOUT 10.0.0.5:22, tried for 60 s</error></testcase>
        </testsuite>
        <testsuite name="gpu-1" hostname="gpu-1" tests="2" failures="0" errors="0" skipped="0" time="64" timestamp="2026-11-24T02:00:01.000Z">
          <properties><property name="class" value="default"/></properties>
          <testcase classname="gpu-1" name="cpu" time="31.2"><system-out>cpu.events_per_second 8,400 events/s (16 % to spare)</system-out></testcase>
          <testcase classname="gpu-1" name="gpu" time="31.2"><system-out>gpu.fp32_gflops 46,000 to 47,100 GFLOPS on 2 devices (2 % to spare)</system-out></testcase>
        </testsuite>
        <testsuite name="gpu-2" hostname="gpu-2" tests="2" failures="2" errors="0" skipped="0" time="64" timestamp="2026-11-24T02:00:01.000Z">
          <properties><property name="class" value="default"/></properties>
          <testcase classname="gpu-2" name="cpu" time="31.2"><failure type="PerformanceBelowExpected" message="cpu.events_per_second 7,000 of &gt;= 7,200 events/s (97 %)">cpu.events_per_second 7,000 of &gt;= 7,200 events/s (97 %)</failure></testcase>
          <testcase classname="gpu-2" name="gpu" time="31.2"><failure type="PerformanceBelowExpected" message="gpu.fp32_gflops of device 1: 41,250 of &gt;= 45,000 GFLOPS (91 %)">gpu.fp32_gflops of device 1: 41,250 of &gt;= 45,000 GFLOPS (91 %)</failure></testcase>
        </testsuite>
        <testsuite name="gpu-3" hostname="gpu-3" tests="2" failures="1" errors="1" skipped="0" time="64" timestamp="2026-11-24T02:00:01.000Z">
          <properties><property name="class" value="default"/></properties>
          <testcase classname="gpu-3" name="cpu" time="31.2"><failure type="PerformanceBelowExpected" message="cpu.events_per_second 7,100 of &gt;= 7,200 events/s (98 %)">cpu.events_per_second 7,100 of &gt;= 7,200 events/s (98 %)</failure></testcase>
          <testcase classname="gpu-3" name="gpu" time="31.2"><error type="ToolMissing" message="gpu: ToolMissing: no clpeak">gpu: ToolMissing: no clpeak</error></testcase>
        </testsuite>
        <testsuite name="new-1" hostname="new-1" tests="1" failures="0" errors="0" skipped="0" time="64" timestamp="2026-11-24T02:00:01.000Z">
          <properties><property name="class" value="default"/></properties>
          <testcase classname="new-1" name="cpu" time="31.2"><system-out>cpu.events_per_second 9,100 events/s</system-out></testcase>
        </testsuite>
        <testsuite name="web-8" hostname="web-8" tests="1" failures="0" errors="1" skipped="0" time="0" timestamp="2026-11-24T02:00:00.000Z">
          <properties></properties>
          <testcase classname="web-8" name="server" time="0"><error type="ServerBusy" message="ServerBusy: server/web-8 is running">ServerBusy: server/web-8 is running</error></testcase>
        </testsuite>
        <testsuite name="web-9" hostname="web-9" tests="1" failures="0" errors="1" skipped="0" time="0" timestamp="2026-11-24T02:00:00.000Z">
          <properties></properties>
          <testcase classname="web-9" name="server" time="0"><error type="not_reached" message="the run was cancelled before this server was started">the run was cancelled before this server was started</error></testcase>
        </testsuite>
      </testsuites>
      "
    `);
  });

  test.each([
    ['every kind of result', exampleReport],
    ['a small fleet', smallFleet()],
    ['no server', reportOf([])],
    ['1,000 servers', largeFleet(1000)],
  ])('is valid for Jenkins: %s', async (_, report) => {
    expect(await junitProblems(junitXml(report))).toEqual([]);
  });

  test('the schema would find an invalid one', async () => {
    expect(await junitProblems(junitXml(exampleReport).replace('<testcase', '<test'))).not.toEqual([]);
    expect(await junitProblems(junitXml(exampleReport).replace('</testsuites>', ''))).not.toEqual([]);
  });

  test('is green only if the run exits with 0: a server that could not be judged is an error', () => {
    for (const verdict of ['busy', 'cancelled', 'not_reached', 'error'] as const) {
      const xml = junitXml(reportOf([unmeasuredRow('web-1', verdict, null, 'a reason')]));
      expect(xml).toMatch(/<testsuites [^>]*tests="1" failures="0" errors="1"/);
      expect(xml).toContain(`<error type="${verdict}" message="a reason">a reason</error>`);
    }
    const skipped = junitXml(reportOf([unmeasuredRow('web-1', 'skip', null, 'a reason')]));
    expect(skipped).toMatch(/<testsuite [^>]*tests="1" failures="0" errors="0" skipped="1"/);
  });

  test('a truncated row that has lost its benchmarks is still a failure', () => {
    const row = { ...judgedServer('web-7', { cpu: outcome(events(3912)) }), benchmarks: [] };
    expect(junitXml(reportOf([row]))).toMatch(
      /failures="1"[^]*<failure type="fail" message="cpu.events_per_second 3,912/
    );
  });

  test('names the failure kind, and every shortfall of a benchmark in the text', () => {
    const xml = junitXml(smallFleet());
    expect(xml).toContain('<failure type="WrongResult" message="burn on device 5 (0000:bb:00.0): wrong results:');
    expect(xml).toContain('<failure type="DeviceMissing" message="gpu.devices 7 of &gt;= 8 devices (87 %)"');
    expect(xml).toContain('<error type="ToolMissing" message="disk: ToolMissing: fio is not installed');
  });

  test('the kind of a benchmark that is slow and wrong is that of its wrong results', () => {
    const [cpu] = judgedServer('web-7', { cpu: outcome(events(3912)) }).benchmarks;
    const errors = {
      metric: 'cpu.errors',
      device: null,
      measured: 1,
      comparison: '<=',
      expected: 0,
      unit: 'errors',
    } as const;
    const row = judgedServer('web-7', {});
    const both = { ...cpu!, shortfalls: [...cpu!.shortfalls, errors] };
    const xml = junitXml(reportOf([{ ...row, verdict: 'fail', benchmarks: [both] }]));
    expect(xml).toContain('<failure type="WrongResult" message="cpu.errors 1 of &lt;= 0 errors">');
  });

  test('colours and characters that XML does not allow are removed', async () => {
    const text = '\u001b[31mred\u001b[0m \u0000\u0008\ufffe\ud800 ]]> <b> & "q"';
    const xml = junitXml(reportOf([unmeasuredRow('web-1', 'error', { type: text, message: text })], text));
    expect(await junitProblems(xml)).toEqual([]);
    expect(xml).toContain('red ]]&gt; &lt;b&gt; &amp; &quot;q&quot;');
    expect(xml).not.toContain('[31m');
  });
});
