import { PassThrough, Readable } from 'node:stream';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { baseline, type BaselineOptions, type BaselineResult } from '../../../src/cli/verbs/baseline.ts';
import type { Terminal } from '../../../src/cli/terminal/terminal.ts';
import type { FleetReport } from '../../../src/domain/reports/fleet-report.ts';
import type { ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { events, judgedServer, outcome, reportOf } from '../../reports/example-report.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
beforeEach(() => (folder = temporaryFolder('baseline')));

const file = (name: string): string => join(folder, name);
const configuration = `# ours
servers: { web-1: null, web-2: null, web-3: null } # three
ssh: { key: key }
expect:
  default: # all
    gpu.fp32_gflops: { min: 1 } # by hand
`;

function measured(...values: number[]): ServerRow[] {
  return values.map((value, index) => judgedServer(`web-${index + 1}`, { cpu: outcome(events(value)) }, {}));
}

function write(name: string, content: unknown): string {
  writeFileSync(file(name), typeof content === 'string' ? content : JSON.stringify(content));
  return file(name);
}

interface CliOutput {
  stdout: string;
  stderr: string;
}

/** Without Temporal: all reports come from files. */
async function runBaseline(options: BaselineOptions, stdin = ''): Promise<CliOutput> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const terminal = { stdout, stderr, stdin: Readable.from([Buffer.from(stdin)]), env: {} } as unknown as Terminal;
  const code = await baseline([], { config: file('fleetmark.yaml'), ...options }, terminal);
  expect(code).toBe(0);
  return { stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

const refusal = async (options: BaselineOptions, stdin?: string): Promise<string> =>
  runBaseline(options, stdin).then(
    () => 'it was not refused',
    (error: Error) => `${error.name}: ${error.message}`
  );

const text = (): string => readFileSync(file('fleetmark.yaml'), 'utf8');
const line = 'cpu.events_per_second: { reference: 8010, tolerance: 10% } # 3 servers, 1 run, 2026-11-24';

describe('a report of three servers', () => {
  let from: string[];
  beforeEach(() => {
    from = [write('report.json', reportOf(measured(8012, 8101, 7950)))];
    write('fleetmark.yaml', configuration);
  });

  test('is written into the configuration, and described', async () => {
    const { stdout, stderr } = await runBaseline({ from });
    expect(text()).toBe(`${configuration}    ${line}\n`);
    expect(stdout).toBe(`${file('fleetmark.yaml')}\n`);
    expect(stderr).toBe(
      'From fleet-20261124-020000 (3 servers):\n' +
        'default cpu.events_per_second: 8,010 events/s with a tolerance of 10 %\n'
    );
  });

  test('a count gets a bound without a tolerance, and as many devices as were counted', async () => {
    const count = { unit: 'gpus', better: 'higher', exact: true, device: null } as const;
    const readings = [
      { ...count, metric: 'burn.ok', value: 16 },
      { ...count, metric: 'burn.links', device: 0, value: 18 },
      { ...count, metric: 'burn.warnings', better: 'lower', value: 2 },
    ] as const;
    const burn = `benchmarks:
  burn:
    command: burn
    metrics:
      ok: { pattern: OK, take: count, unit: gpus }
      links: { pattern: 'GPU (?<device>.): link', take: count, unit: gpus }
      warnings: { pattern: warning, take: count, unit: gpus, better: lower }
`;
    write('fleetmark.yaml', `${configuration.replace(/expect:[^]*/, '')}${burn}`);
    const servers = [1, 2, 3].map((id) => judgedServer(`web-${id}`, { burn: outcome([...readings]) }, {}));
    const { stderr } = await runBaseline({ from: [write('report.json', reportOf(servers))] });
    expect((parse(text()) as { expect: unknown }).expect).toEqual({
      default: { 'burn.ok': { min: 16 }, 'burn.links': { min: 18, devices: 1 }, 'burn.warnings': { max: 2 } },
    });
    expect(stderr).toContain('default burn.ok: at least 16 gpus\n');
    expect(stderr).toContain('default burn.links: at least 18 gpus, 1 device\n');
    expect(stderr).toContain('default burn.warnings: at most 2 gpus\n');
  });

  test('--diff shows the changes and writes nothing', async () => {
    const { stdout } = await runBaseline({ from, diff: true });
    expect(text()).toBe(configuration);
    expect(stdout).toContain(`     gpu.fp32_gflops: { min: 1 } # by hand\n+    ${line}\n`);
    expect(readdirSync(folder).sort()).toEqual(['fleetmark.yaml', 'report.json']);
  });

  test('--json prints only the baseline to stdout', async () => {
    const result = JSON.parse((await runBaseline({ from, json: true })).stdout) as BaselineResult;
    expect(result).toMatchObject({
      ...{ schemaVersion: 1, file: file('fleetmark.yaml'), written: true, runs: ['fleet-20261124-020000'] },
      classes: [
        { hardwareClass: 'default', metrics: [{ servers: 3, expectation: { reference: 8010, tolerance: 0.1 } }] },
      ],
      changed: [{ hardwareClass: 'default', metric: 'cpu.events_per_second' }],
    });
    expect(JSON.parse((await runBaseline({ from, json: true })).stdout)).toMatchObject({ written: false, changed: [] });
  });

  test('read twice, from a file and from standard input, counts once', async () => {
    const report = readFileSync(from[0]!, 'utf8');
    await runBaseline({ from: [...from, '-'] }, report);
    expect(text()).toContain('# 3 servers, 1 run, 2026-11-24\n');
  });

  test('keeps the file mode, and a symbolic link stays a link', async () => {
    chmodSync(write('real.yaml', configuration), 0o640);
    symlinkSync('real.yaml', file('link.yaml'));
    await runBaseline({ from, config: file('link.yaml') });
    expect(lstatSync(file('link.yaml')).isSymbolicLink()).toBe(true);
    expect(statSync(file('real.yaml')).mode & 0o777).toBe(0o640);
    expect(readFileSync(file('real.yaml'), 'utf8')).toContain(line);
  });

  test('without a configuration, creates one that names the inventory', async () => {
    rmSync(file('fleetmark.yaml'));
    write('hosts.ini', '[web]\nweb-1\nweb-2\nweb-3\n');
    await runBaseline({ from, inventory: file('hosts.ini') });
    expect(text()).toBe(`inventory: hosts.ini\n\nexpect:\n  default:\n    ${line}\n`);
    rmSync(file('fleetmark.yaml'));
    const why = await refusal({ from, inventory: 'web-1,web-2' });
    expect(why).toContain('this inventory is not a file that it could name');
    expect(await refusal({ from })).toContain('does not exist');
    expect(existsSync(file('fleetmark.yaml'))).toBe(false);
  });
});

test('too few servers are refused by name; --least accepts fewer, --class selects classes that have enough', async () => {
  const small = measured(5, 6).map((row) => ({ ...row, hardwareClass: 'small', serverId: `s-${row.serverId}` }));
  const from = [write('report.json', reportOf([...measured(100, 101, 102), ...small]))];
  write('fleetmark.yaml', configuration);
  expect(await refusal({ from })).toBe(
    'Refusal: too few servers for a baseline, which needs at least 3:\n  small cpu.events_per_second: 2 servers\n' +
      'Measure more servers, or accept fewer with --least 2, or choose the classes that have enough with --class'
  );
  expect(text()).toBe(configuration);
  await runBaseline({ from, class: ['default'] });
  expect(text()).toContain('cpu.events_per_second: { reference: 101');
  expect(await refusal({ from, class: ['large'] })).toContain(
    'no measurements of the class large; measured classes: default, small'
  );
  const one = [write('one.json', reportOf(measured(100)))];
  expect(await refusal({ from: one })).toContain('--least 1');
  await runBaseline({ from: one, least: 1 });
  expect(text()).toContain('reference: 100, tolerance: 10% } # 1 server, 1 run');
});

test('a refusal for too few servers names those that were left out', async () => {
  write('fleetmark.yaml', configuration);
  const [first, second, third] = measured(100, 101, 102);
  const benchmarks = third!.benchmarks.map((row) => ({
    ...row,
    measurements: row.measurements.map((each) => ({ ...each, spread: 0.4 })),
  }));
  const from = [write('report.json', reportOf([first!, second!, { ...third!, benchmarks }]))];
  expect(await refusal({ from })).toContain(
    ': 2 servers\nNot used from 1 server (cpu.events_per_second has samples that contradict each other (more than 25 % apart)): web-3\n'
  );
});

describe('servers that contradict each other', () => {
  const wide = (): string[] => [write('wide.json', reportOf(measured(757, 880, 1101)))];

  test('are refused by name, with the option that accepts them', async () => {
    write('fleetmark.yaml', configuration);
    expect(await refusal({ from: wide() })).toBe(
      'Refusal: these values differ too much: they would need a tolerance of more than 25 %\n' +
        '  default cpu.events_per_second: 50 %, from web-1 757 to web-3 1,101 events/s\n' +
        'Measure them again while they are idle, and put different hardware into separate classes.\n' +
        'Or accept it with --max-tolerance 50%'
    );
    expect(text()).toBe(configuration);
  });

  test('are used with a sufficient --max-tolerance, and refused with less', async () => {
    write('fleetmark.yaml', configuration);
    expect(await refusal({ from: wide(), maxTolerance: 0.4 })).toContain('a tolerance of more than 40 %');
    await runBaseline({ from: wide(), maxTolerance: 0.5 });
    expect(text()).toContain('{ reference: 880, tolerance: 50% }');
  });

  test('also if one server contradicts itself across runs', async () => {
    write('fleetmark.yaml', configuration);
    const runs = [100, 140].map((value, index) => {
      const report = { ...reportOf(measured(value)), run: `fleet-${index}` };
      return write(`${index}.json`, report);
    });
    expect(await refusal({ from: runs, least: 1 })).toContain('from web-1 100 to web-1 140 events/s');
  });
});

test('--limit uses only the selected servers, and refuses unknown ones', async () => {
  write('fleetmark.yaml', 'servers: { "web-[1-4]": { groups: [web] } }\nssh: { key: key }\n');
  const from = [write('report.json', reportOf(measured(100, 101, 102, 500)))];
  await runBaseline({ from, limit: ['@web', '!web-4'] });
  expect(text()).toContain('{ reference: 101, tolerance: 10% } # 3 servers, 1 run, ');
  expect(await refusal({ from, limit: ['web-5'] })).toContain('"web-5" is not in the inventory');
});

test('an outlier is named in the comment and on stderr', async () => {
  write('fleetmark.yaml', 'servers: { web-1: null }\nssh: { key: key }\n');
  const { stderr } = await runBaseline({ from: [write('r.json', reportOf(measured(8012, 8101, 7950, 3912, 8060)))] });
  expect(text()).toContain('# 4 servers, 1 run, 2026-11-24; left out: web-4 3,912\n');
  expect(stderr).toContain('left out as outliers of the class: web-4 3,912 events/s\n');
});

test('values in another unit than in the current configuration are refused', async () => {
  const metrics = '{ events_per_second: { pattern: x, unit: kevents/s } }';
  write('fleetmark.yaml', `servers: { a: null }\nbenchmarks: { cpu: { command: x, metrics: ${metrics} } }\n`);
  const before = text();
  expect(await refusal({ from: [write('r.json', reportOf(measured(8012, 8101, 7950)))] })).toBe(
    'Refusal: no baseline can be derived from fleet-20261124-020000\n' +
      'default cpu.events_per_second: not used: it was measured in events/s, but the configuration now says kevents/s'
  );
  expect(text()).toBe(before);
});

test('an invalid configuration is reported before any report is read', async () => {
  write('fleetmark.yaml', 'servers: { a: null }\nexpcet: {}\n');
  expect(await refusal({ from: ['nowhere.json'] })).toContain('fleetmark.yaml:2:1: expcet: unknown key');
});

test('metrics that this configuration does not measure are not written', async () => {
  write('fleetmark.yaml', 'servers: { a: null }\nbenchmarks: { gpu: null }\n');
  const before = text();
  const why = await refusal({ from: [write('r.json', reportOf(measured(8012, 8101, 7950)))] });
  expect(why).toContain('nothing was written: the new text would be invalid: ');
  expect(why).toContain('cpu is not among the benchmarks');
  expect(text()).toBe(before);
});

describe('an invalid or hostile report', () => {
  const whole = reportOf(measured(8012, 8101, 7950));
  const [row] = whole.servers;
  const withMetric = (metric: string, hardwareClass = 'default'): FleetReport => ({
    ...whole,
    servers: whole.servers.map((each) => ({
      ...{ ...each, hardwareClass },
      benchmarks: each.benchmarks.map((of) => ({
        ...of,
        measurements: of.measurements.map((measurement) => ({ ...measurement, metric })),
      })),
    })),
  });

  test.each<[string, unknown]>([
    ['no JSON', '{'],
    ['null', null],
    ['a number', 5],
    ['nested deeply', '['.repeat(100_000)],
    ['of another version', { ...whole, schemaVersion: 2 }],
    ['without rows', { ...whole, servers: undefined }],
    ['with a row that is none', { ...whole, servers: [{ ...row, verdict: 'good' }] }],
    ['with a server twice', { ...whole, servers: [row, row] }],
    ['with an id that is none', { ...whole, servers: [{ ...row, serverId: '$(reboot)' }] }],
    ['with a time that is none', { ...whole, startedAt: '2026-11-24T\n# 1' }],
  ])('%s: is refused', async (_, content) => {
    write('fleetmark.yaml', configuration);
    const why = await refusal({ from: [write('report.json', content)] });
    expect(why).toBe(
      `Refusal: ${file('report.json')} is not the report of a run: write one with fleetmark run --json > report.json`
    );
    expect(text()).toBe(configuration);
  });

  const hostile = [
    'a: b',
    'x\n  y: 1',
    '\u001b[2J',
    '__proto__',
    '# c',
    '"',
    '*a',
    '!!js/function x',
    '\u2028',
    'A'.repeat(1e6),
  ];
  test.each(hostile.map((name) => [JSON.stringify(name).slice(0, 30), name]))(
    'a class or metric called %s writes nothing',
    async (_, name) => {
      write('fleetmark.yaml', configuration);
      for (const report of [withMetric(name), withMetric(`cpu.${name}`), withMetric('cpu.events_per_second', name)]) {
        const why = await refusal({ from: [write('report.json', report)] });
        expect(why).toMatch(/^(Refusal|Failure): /);
        expect(why.length).toBeLessThan(3000);
        expect(why.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028]/u);
        expect(text()).toBe(configuration);
      }
      expect(({} as Record<string, unknown>)['cpu.events_per_second']).toBeUndefined();
    }
  );

  test('hostile units, tools or run ids reach neither the file nor the terminal', async () => {
    write('fleetmark.yaml', configuration);
    const unit = 'x\n    cpu.evil: { min: 1 } \u001b[2J#';
    const servers = whole.servers.map((each) => ({
      ...each,
      benchmarks: each.benchmarks.map((of) => ({
        ...{ ...of, tool: unit },
        measurements: of.measurements.map((measurement) => ({ ...measurement, unit })),
      })),
    }));
    const { stderr } = await runBaseline({ from: [write('report.json', { ...whole, run: unit, servers })] });
    expect(text()).toBe(`${configuration}    ${line}\n`);
    expect(stderr).not.toMatch(/\u001b/);
    expect(stderr.split('\n')).toHaveLength(3);
    expect(Object.keys((parse(text()) as { expect: { default: object } }).expect.default)).toHaveLength(2);
  });
});

test('standard input cannot be both inventory and report', async () => {
  write('fleetmark.yaml', configuration);
  expect(await refusal({ from: ['-'], inventory: '-' })).toContain('cannot be both');
});
