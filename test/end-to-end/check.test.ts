import { lstatSync, mkdirSync, readFileSync, writeFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';
import { junitProblems } from '../support/xmllint.ts';
import { canMount, withMounts } from '../support/own-mounts.ts';

const root = join(import.meta.dirname, '..', '..');

describe.skipIf(skipsWithout())('fleetmark check', () => {
  let fleet: Fleet;
  let places: string;
  beforeAll(async () => {
    places = temporaryFolder('check');
    for (const name of ['var-tmp', 'home']) mkdirSync(join(places, name), { mode: 0o700 });
    // A private /var/tmp: any file left in it comes from this check.
    const through = canMount ? withMounts(`mount --bind ${join(places, 'var-tmp')} /var/tmp`, []) : [];
    fleet = await startFleet(2, [`SetEnv XDG_STATE_HOME=${join(places, 'home')}`], through);
  });
  afterAll(async () => {
    await fleet?.stop();
  });

  const burn = scoreCommand('touch /var/tmp/ran; echo score: 7');
  const ready = (more: object = {}): void =>
    fleet.configure({ benchmarks: { burn }, expect: { 'burn.score': { min: 50 } }, ...more });

  async function check(...args: string[]): Promise<{ exitCode: number | null; report: FleetReport; stderr: string }> {
    const { stdout, stderr, exitCode } = await fleet.start('check', '--json', ...args).ended;
    if (stdout === '') throw new Error(`no report: ${stderr}`);
    return { exitCode, stderr, report: JSON.parse(stdout) as FleetReport };
  }

  test('describes servers that are ready, and changes nothing on them', async () => {
    ready();
    const everything = () =>
      ['', ...readdirSync(places, { recursive: true, encoding: 'utf8' })].map((name) => {
        const { mode, size, mtimeMs, ctimeMs } = lstatSync(join(places, name));
        return { name, mode, size, mtimeMs, ctimeMs };
      });
    const before = everything();
    const { exitCode, report, stderr } = await check();
    expect(exitCode, stderr).toBe(0);
    expect(everything()).toEqual(before);

    expect(report).toMatchObject({ checkOnly: true, requested: 2, counts: { pass: 2, fail: 0 } });
    const schema = JSON.parse(readFileSync(join(root, 'schema', 'report.schema.json'), 'utf8')) as object;
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
    validate(report);
    expect(validate.errors ?? []).toEqual([]);

    const [row] = report.servers;
    expect(row).toMatchObject({ serverId: 'web-1', verdict: 'pass', reason: null, hardwareClass: 'default' });
    expect(row?.machine?.cpus).toBeGreaterThan(0);
    expect(row?.benchmarks).toMatchObject([{ benchmark: 'burn', verdict: 'pass', tool: 'command', measurements: [] }]);
    expect(row?.readiness).toMatchObject({
      user: fleet.sshd.user,
      hostKey: { fingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/), trusted: 'known_hosts' },
      kernel: expect.any(String),
      jobs: { folder: expect.stringContaining('/.fleetmark.'), freeKib: expect.any(Number) },
      obstacle: null,
      clock: { aheadSeconds: expect.any(Number), withinSeconds: expect.any(Number) },
      otherWork: null,
    });
  });

  test('writes its report into files, but none without checking a server', async () => {
    ready();
    const file = fleet.file('check.xml');
    const { exitCode, stdout } = await fleet.start('check', '--export-junit', file, '--export-csv', '-').ended;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^run,started_at,[^]*,web-1,default,pass,burn,pass,[^]*,web-2,/);
    expect(await junitProblems(readFileSync(file, 'utf8'))).toEqual([]);
    const only = await fleet.start('check', '--config-only', '--export-junit', file).ended;
    expect(only).toMatchObject({ exitCode: 2, stdout: '' });
    expect(only.stderr).toContain('--config-only makes no report: remove --export-junit');
    const ofRuns = await fleet.start('check', '--export-jsonl', '-').ended;
    expect(ofRuns.stderr).toContain("unknown option '--export-jsonl'");
  });

  test('prints text with the servers that are not ready last, and exits with 3', async () => {
    ready({ servers: { gone: { host: '127.0.1.1', port: 1 } } });
    const { exitCode, stdout, stderr } = await fleet.start('check').ended;
    expect(exitCode, stderr).toBe(3);
    expect(stdout).toMatch(/^3 servers checked in .*: 2 ready, 1 error\n\nweb-1 ready default .*\nweb-2 ready .*\n\n/);
    expect(stdout).toMatch(/\n\ngone error ServerUnreachable: cannot connect to 127\.0\.1\.1:1/);
    expect(stdout).toMatch(/\nServerUnreachable: Check that the server is up/);
    expect(stdout + stderr).not.toMatch(/\u001b|Stopping the load/);
  });

  test('a tool of an expected metric must be installed, and the report lists the installed tools', async () => {
    fleet.configure({ benchmarks: { cpu: {} }, expect: { 'cpu.events_per_second': { min: 1 } } });
    const { report } = await check('--limit', 'web-1');
    const [row] = report.servers;
    const sysbench = row?.readiness?.tools.find(({ tool }) => tool === 'sysbench');
    expect(sysbench).toMatchObject({ benchmark: 'cpu' });
    expect(row?.verdict).toBe(sysbench?.found ? 'pass' : 'error');
    expect(row?.error?.type ?? null).toBe(sysbench?.found ? null : 'ToolMissing');
  });

  test('checks the servers of an inventory that the command line names', async () => {
    ready();
    writeFileSync(
      fleet.file('hosts.ini'),
      `here ansible_host=${fleet.addressOf('web-2')} ansible_port=${fleet.sshd.port}\n`
    );
    const { exitCode, report, stderr } = await check('-i', fleet.file('hosts.ini'));
    expect(exitCode, stderr).toBe(0);
    expect(report.servers).toMatchObject([{ serverId: 'here', verdict: 'pass' }]);
  });

  test('exits with 2 if a run would be refused, and starts nothing', async () => {
    ready();
    const { exitCode, stdout, stderr } = await fleet.start('check', '--limit', 'web-9').ended;
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/"web-9" is not in the inventory; did you mean/);
    expect(stderr).not.toContain('Temporal at');
  });
});
