import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { csvColumns, csvText } from '../../../src/reports/exports/csv.ts';
import { smallFleet } from '../example-fleets.ts';
import { events, exampleReport, judgedServer, outcome, reportOf } from '../example-report.ts';
import { hostileText } from '../hostile-text.ts';

/** As another program reads it: records by column. */
function read(text: string): Record<string, string>[] {
  return parse(text, { columns: true, record_delimiter: '\r\n' });
}

describe('the CSV report', () => {
  test('has one line for each measurement and device, and one for each benchmark or server without any', () => {
    expect(csvText(exampleReport)).toMatchInlineSnapshot(`
      "run,started_at,server,class,verdict,benchmark,benchmark_verdict,tool,metric,device,device_address,device_name,value,unit,better,samples,spread,min,max,problem
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,web-1,default,pass,cpu,pass,sysbench,cpu.events_per_second,,,,8012,events/s,higher,3,0.014,7200,,
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,web-1,default,pass,gpu,skip,,,,,,,,,,,,,DeviceMissing: no GPU
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,web-7,default,fail,cpu,fail,sysbench,cpu.events_per_second,,,,3912,events/s,higher,3,0.013,7200,,"cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)"
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,web-7,default,fail,gpu,skip,,,,,,,,,,,,,DeviceMissing: no GPU
      fleet-20261124-020000,2026-11-24T02:00:00.000Z,web-4,,error,,,,,,,,,,,,,,,"ServerUnreachable: connect ECONNREFUSED 10.0.0.4:22, tried for 60 s"
      fleet-20261124-020000,2026-11-24T02:00:00.000Z,web-5,,error,,,,,,,,,,,,,,,"ServerUnreachable: connect ETIMEDOUT 10.0.0.5:22, tried for 60 s"
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,gpu-1,default,pass,cpu,pass,sysbench,cpu.events_per_second,,,,8400,events/s,higher,1,0,7200,,
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,gpu-1,default,pass,gpu,pass,sysbench,gpu.fp32_gflops,0,,,46000,GFLOPS,higher,1,0,45000,,
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,gpu-1,default,pass,gpu,pass,sysbench,gpu.fp32_gflops,1,,,47100,GFLOPS,higher,1,0,45000,,
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,gpu-2,default,fail,cpu,fail,sysbench,cpu.events_per_second,,,,7000,events/s,higher,1,0,7200,,"cpu.events_per_second 7,000 of >= 7,200 events/s (97 %)"
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,gpu-2,default,fail,gpu,fail,sysbench,gpu.fp32_gflops,0,,,46100,GFLOPS,higher,1,0,45000,,
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,gpu-2,default,fail,gpu,fail,sysbench,gpu.fp32_gflops,1,,,41250,GFLOPS,higher,1,0,45000,,"gpu.fp32_gflops of device 1: 41,250 of >= 45,000 GFLOPS (91 %)"
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,gpu-3,default,fail,cpu,fail,sysbench,cpu.events_per_second,,,,7100,events/s,higher,1,0,7200,,"cpu.events_per_second 7,100 of >= 7,200 events/s (98 %)"
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,gpu-3,default,fail,gpu,error,,,,,,,,,,,,,ToolMissing: no clpeak
      fleet-20261124-020000,2026-11-24T02:00:01.000Z,new-1,default,measured,cpu,measured,sysbench,cpu.events_per_second,,,,9100,events/s,higher,1,0,,,
      fleet-20261124-020000,2026-11-24T02:00:00.000Z,web-8,,busy,,,,,,,,,,,,,,,ServerBusy: server/web-8 is running
      fleet-20261124-020000,2026-11-24T02:00:00.000Z,web-9,,not_reached,,,,,,,,,,,,,,,the run was cancelled before this server was started
      "
    `);
  });

  test('has the limits of passed measurements and the devices by address', () => {
    const lines = read(csvText(smallFleet())).filter(({ server }) => server === 'gpu-b02');
    expect(lines).toHaveLength(1 + 1 + 8 + 8 + 8);
    const short = lines.filter(({ problem }) => problem !== '');
    expect(short).toHaveLength(1);
    expect(short[0]).toMatchObject({
      ...{ metric: 'gpu.fp32_gflops', device: '3', device_address: '0000:5d:00.0', better: 'higher' },
      ...{ device_name: 'NVIDIA H100 80GB HBM3', min: '48640', max: '', verdict: 'fail', benchmark_verdict: 'fail' },
    });
    expect(lines.every(({ min }) => min !== '')).toBe(true);
  });

  test('has a line for a fault that a tool reported, which no measurement has', () => {
    const faults = read(csvText(smallFleet())).filter(({ metric }) => metric === 'burn.faults');
    expect(faults).toMatchObject([
      { server: 'gpu-b03', device: '5', device_address: '0000:bb:00.0', value: '1', max: '0' },
    ]);
    expect(faults[0]!.problem).toContain('wrong results: "GPU 5: FAULTY, 1,284 errors"');
  });

  test('names every server', () => {
    for (const report of [exampleReport, smallFleet()]) {
      const named = new Set(read(csvText(report)).map(({ server }) => server));
      expect([...named]).toEqual(report.servers.map(({ serverId }) => serverId));
    }
  });

  test('leaves a number out that is not finite', () => {
    const [line] = read(csvText(reportOf([judgedServer('web-1', { cpu: outcome(events(Number.NaN)) })])));
    expect(line).toMatchObject({ metric: 'cpu.events_per_second', value: '', verdict: 'error' });
    expect(line!.problem).toContain('not a finite number');
  });
});

describe('text of a server', () => {
  test.each([
    ['=cmd|"/C calc"!A0', `'=cmd|"/C calc"!A0`],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'=1"],
    ['\r\n=1', "'=1"],
    ['\u001b[31m=1', "'=1"],
    ['＝1', "'＝1"],
    ['a=1', 'a=1'],
    ['a,"b"\nc', 'a,"b" c'],
  ])('is never a formula, and stays one cell: %j', (text, cell) => {
    const [line] = read(csvText(reportOf([unmeasuredRow('web-1', 'error', null, text)])));
    expect(line!.problem).toBe(cell);
  });

  test('cannot add a line, a column or a formula, whatever it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const row = { ...unmeasuredRow('web-1', 'skip', null, text), hardwareClass: text };
        const file = csvText(reportOf([row]));
        const records: string[][] = parse(file, { record_delimiter: '\r\n' });
        expect(records.map(({ length }) => length)).toEqual([csvColumns.length, csvColumns.length]);
        expect(records[1]!.some((cell) => /^[=+\-@\t\r]/.test(cell))).toBe(false);
        expect(file).not.toMatch(/[^\P{C}\r\n]/u);
        expect(file.match(/[\r\n]+/g)).toEqual(['\r\n', '\r\n']);
      })
    );
  });
});
