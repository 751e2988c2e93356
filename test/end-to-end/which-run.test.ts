import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { scoreCommand, type Settings } from '../support/fleetmark-yaml.ts';
import type { Ended } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { HeldBenchmark } from './held-benchmark.ts';
import { startUp, type Up } from './up.ts';

const started = String.raw`started \d{4}-\d\d-\d\d \d\d:\d\d`;

describe.skipIf(skipsWithout())('a run of a schedule that was refused', () => {
  let fleet: Fleet;
  let up: Up;
  let good: string;
  let refused: string;
  const settings: Settings = {
    benchmarks: { cpu: scoreCommand('echo score: 80') },
    expect: { 'cpu.score': { min: 50 } },
  };
  beforeAll(async () => {
    fleet = await startFleet(1);
    fleet.configure(settings);
    up = await startUp(fleet);
    await fleetmark('schedule', 'create', 'nightly', '--cron', '0 2 * * *');
    good = (await fleetmark('schedule', 'trigger', 'nightly')).stdout.trim();
    expect((await fleetmark('watch', 'nightly')).exitCode).toBe(0);
    fleet.configure({ ...settings, ...{ maxParalel: 3 } });
    refused = (await fleetmark('schedule', 'trigger', 'nightly')).stdout.trim();
  });
  afterAll(async () => {
    await up?.stop();
    await fleet?.stop();
  });

  const fleetmark = (...args: string[]): Promise<Ended> => fleet.start(...args).ended;

  test.each(['watch nightly', 'watch'])('is what `%s` shows, as with its id: why, and exit code 2', async (line) => {
    const { stdout, stderr, exitCode } = await fleetmark(...line.split(' '));
    expect(stderr).toMatch(new RegExp(`^This is ${refused}, ${started}\\.$`, 'm'));
    expect(stderr).toContain('maxParalel: unknown key; did you mean "maxParallel"?');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(await fleetmark('watch', refused)).toMatchObject({ stdout, exitCode });
  });

  test.each(['report nightly', 'report'])('is named by `%s`, which shows the last one with results', async (line) => {
    const { stdout, stderr } = await fleetmark(...line.split(' '));
    expect(stdout).toMatch(/^1 server in .*: 1 pass, /);
    expect(stderr).toMatch(new RegExp(`^This is ${good}, ${started}\\.$`, 'm'));
    const newer = `^But the newer run ${refused}, ${started}, was refused: .*maxParalel: unknown key`;
    expect(stderr).toMatch(new RegExp(newer, 'm'));
    expect((await fleetmark('report', good, '--quiet')).stderr).toBe('');
  });

  test.each(['retry nightly', 'retry'])('keeps `%s` from saying that there is nothing to retry', async (line) => {
    const { stdout, stderr, exitCode } = await fleetmark(...line.split(' '));
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toContain(`fleetmark: the newer run ${refused}, started `);
    expect(stderr).toMatch(new RegExp(`^To retry ${good}, ${started}: fleetmark retry ${good}$`, 'm'));
    expect((await fleetmark('retry', good)).stderr).toContain('Nothing to retry');
  });

  test('is not mentioned after a later run has ended', async () => {
    fleet.configure(settings);
    const later = (await fleetmark('schedule', 'trigger', 'nightly')).stdout.trim();
    expect(await fleetmark('watch', 'nightly')).toMatchObject({ exitCode: 0 });
    const { stderr, exitCode } = await fleetmark('watch');
    expect(stderr).toContain(`No run is under way.\nThis is ${later}, started `);
    expect(exitCode).toBe(0);
    expect((await fleetmark('report', 'nightly')).stderr).not.toContain('newer');
    expect((await fleetmark('retry', 'nightly')).stderr).toContain('Nothing to retry');
  });
});

describe.skipIf(skipsWithout())('a run that was killed with its Temporal', () => {
  let fleet: Fleet;
  let before: FleetReport;
  let killed: string;
  beforeAll(async () => {
    fleet = await startFleet(3);
    const held = new HeldBenchmark(fleet);
    // web-1 is held, the others pass at once.
    fleet.configure(held.settings('case $3 in *.1) ;; *) echo score: 80; exit 0 ;; esac'));
    before = (await fleet.run()).report;
    held.hold();
    const run = fleet.start('run', '--yes');
    killed = (await run.waitFor(/^Run (fleet-[\w-]+)/m))[1]!;
    await run.waitFor(/web-2 +pass/);
    await run.waitFor(/web-3 +pass/);
    run.process.kill('SIGKILL');
    await run.ended;
    held.release();
  });
  afterAll(() => fleet?.stop());

  const fleetmark = (...args: string[]): Promise<Ended> => fleet.start(...args).ended;

  test('is what watch without a word is about, with exit code 3', async () => {
    const { stdout, stderr, exitCode } = await fleetmark('watch');
    expect(stderr).toContain(`No run is under way.\nThis is ${killed}, started `);
    expect(stderr).toContain(`fleetmark: ${killed} is unfinished, and no Temporal runs here: resume it with `);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
  });

  test('is named by report and by open, which show the one before, and refuses a retry of that one', async () => {
    const named = new RegExp(
      `^But the newer run ${killed}, ${started}, is unfinished: resume it with fleetmark run `,
      'm'
    );
    const { stdout, stderr } = await fleetmark('report', '--json');
    expect(JSON.parse(stdout)).toEqual(before);
    expect(stderr).toMatch(named);
    expect((await fleetmark('open', '--html', '--print')).stderr).toMatch(named);
    const retried = await fleetmark('retry');
    expect(retried.stderr).toContain(`To retry ${before.run}, started `);
    expect(retried.exitCode).toBe(2);
  });

  test('has all its servers in each format of its report, and in a comparison', async () => {
    const files = ['html', 'junit', 'markdown'].flatMap((format) => [`--export-${format}`, fleet.file(format)]);
    const { stdout, stderr } = await fleetmark('report', killed, '--json', ...files);
    expect(stderr).toContain(`${killed} is unfinished: this is what has ended so far.`);
    const report = JSON.parse(stdout) as FleetReport;
    expect(report).toMatchObject({ unfinished: true, requested: 3, counts: { pass: 2, not_reached: 1 } });
    const schema = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', '..', 'schema', 'report.schema.json'), 'utf8')
    ) as object;
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    expect(ajv.validate(schema, report), JSON.stringify(ajv.errors)).toBe(true);
    expect(readFileSync(fleet.file('html'), 'utf8')).toContain('<h1>2 of 3 servers ended</h1>');
    expect(readFileSync(fleet.file('junit'), 'utf8')).toContain('tests="3" failures="0" errors="1"');
    expect(readFileSync(fleet.file('markdown'), 'utf8')).toContain('1 not reached');
    const compared = await fleetmark('compare', 'last', killed);
    expect(compared.stdout).toContain('web-1 pass -> not reached: the run has not ended\n');
  });
});
