import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { startFleetmark, type Running } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { quietOff } from '../support/fleetmark-yaml.ts';

const recorded = join(import.meta.dirname, '..', 'fixtures', 'sysbench', 'cpu-2-threads.txt');

describe.skipIf(skipsWithout())('an Ansible inventory, and no fleetmark.yaml', () => {
  let fleet: Fleet;
  let tools: string;
  const started: Running[] = [];
  beforeEach(async () => {
    // The measured values do not matter, and the default duration is half a minute.
    tools = temporaryFolder('tools');
    writeFileSync(join(tools, 'sysbench'), `#!/bin/sh\ncat ${recorded}\n`, { mode: 0o755 });
    fleet = await startFleet(2, [`SetEnv PATH=${tools}:/usr/bin:/bin`]);
    mkdirSync(fleet.file('home/.ssh'));
    copyFileSync(fleet.sshd.knownHostsFile, fleet.file('home/.ssh/known_hosts'));
    copyFileSync(fleet.sshd.keyFile, fleet.file('home/.ssh/id_ed25519'));
    const hosts = fleet.serverIds.map((id) => `${id} ansible_host=${fleet.addressOf(id)}`);
    const common = [`ansible_port=${fleet.sshd.port}`, `ansible_user=${fleet.sshd.user}`];
    writeFileSync(fleet.file('hosts.ini'), ['[web]', ...hosts, '[web:vars]', ...common, ''].join('\n'));
  });
  afterEach(async () => {
    for (const { process } of started) process.kill('SIGKILL');
    await Promise.all(started.splice(0).map(({ ended }) => ended));
    await fleet.stop();
  });

  function start(...args: string[]): Running {
    const running = startFleetmark(fleet.folder, args, { FLEETMARK_CONFIG: '' });
    started.push(running);
    return running;
  }

  const measure = ['--yes', '--even-if-busy', '--benchmarks', 'cpu'];

  test('is measured and reported: nothing is expected yet, so nothing was judged', async () => {
    const { stdout, stderr, exitCode } = await start('run', '-i', 'hosts.ini', ...measure).ended;
    expect(stderr).not.toContain('internal error');
    expect(stdout).toMatch(/^2 servers in .* 2 measured/);
    expect(stdout).toContain('cpu.events_per_second 1,722 events/s');
    expect(stdout).toMatch(
      /\n(To use this run as the baseline: .* -i hosts\.ini|This run cannot serve as a baseline\.)/
    );
    expect(exitCode).toBe(3);

    // Values of a busy machine are no baseline, and this machine runs the tests.
    writeFileSync(fleet.file('quiet.yaml'), `quiet: ${JSON.stringify(quietOff)}\n`);
    const list = fleet.serverIds.map((id) => `${fleet.sshd.user}@${fleet.addressOf(id)}:${fleet.sshd.port}`).join();
    const named = await start('run', '--config', 'quiet.yaml', '-i', list, '--measure-only', ...measure).ended;
    expect(named.stdout).toMatch(/^2 servers in .* 2 measured/);
    expect(named.stdout).toContain(`-i ${list} --config quiet.yaml --least 2\n`);
    expect(named.exitCode).toBe(0);
  });

  test('with `up`: runs with it attach, runs with another one are refused', async () => {
    const up = start('up', '--inventory', 'hosts.ini');
    await up.waitFor(/^Up\./m);
    writeFileSync(fleet.file('other.ini'), 'web-1\n');
    for (const args of [['-i', 'other.ini'], ['-i', 'web-1,web-2'], []]) {
      const { stderr, stdout, exitCode } = await start('run', ...args, ...measure).ended;
      expect(stderr).toMatch(/uses the configuration the inventory \S+\/hosts\.ini, not \S+/);
      expect([stdout, exitCode]).toEqual(['', 2]);
    }
    const { stderr, stdout } = await start('run', '-i', './hosts.ini', '--json', ...measure).ended;
    expect(stderr).toContain('Attached to the Temporal');
    expect((JSON.parse(stdout) as FleetReport).counts).toMatchObject({ measured: 2 });
    up.process.kill('SIGINT');
    expect((await up.ended).exitCode).toBe(0);
  });
});
