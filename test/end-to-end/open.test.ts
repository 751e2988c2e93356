import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/processes.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';
import { environmentIn, temporal, type Ended } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { startPty } from './pty.ts';
import { type as typeInto } from './shell.ts';
import { startUp, type Up } from './up.ts';

describe.skipIf(skipsWithout())('open', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(1);
    fleet.configure({ benchmarks: { cpu: scoreCommand('echo score: 80') } });
    mkdirSync(fleet.file('tmp'));
  });
  afterAll(() => fleet?.stop());

  const fleetmark = (...args: string[]): Promise<Ended> => {
    const env = { ...environmentIn(fleet.folder), TMPDIR: fleet.file('tmp') };
    return typeInto(['fleetmark', ...args].join(' '), fleet.folder, env).ended;
  };

  /** A desktop whose browser writes down what it is told to open. */
  const desktop = (name: string, exitCode = 0): { env: NodeJS.ProcessEnv; opened: () => string } => {
    const folder = fleet.file(name);
    mkdirSync(folder);
    const script = `#!/bin/sh\nprintf '<%s>\\n' "$@" > ${folder}/new && mv ${folder}/new ${folder}/opened\nexit ${exitCode}\n`;
    writeFileSync(`${folder}/xdg-open`, script, { mode: 0o755 });
    const env = { DISPLAY: ':0', PATH: `${folder}:${environmentIn(fleet.folder)['PATH']}`, TMPDIR: fleet.file('tmp') };
    return { env, opened: () => readFileSync(`${folder}/opened`, 'utf8') };
  };

  test('the link that a run prints is said to end with it, and the command for later works', async () => {
    const { stderr } = await fleetmark('run', '--yes');
    expect(stderr).toMatch(/^Run fleet-\S+: http:\S+ \(until the run ends\)$/m);
    const [, later] = /^Look at it again: (fleetmark open fleet-\S+)$/m.exec(stderr)!;
    const { stdout, exitCode } = await fleetmark(...later!.split(' ').slice(1));
    expect(stdout).toMatch(/^file:\/\/\S+report\.html\n$/);
    expect(exitCode).toBe(0);
    const file = fileURLToPath(stdout.trim());
    expect(readFileSync(file, 'utf8')).toBe((await fleetmark('report', '--export-html', '-')).stdout);
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test('on a desktop opens the page in the browser, without a shell', async () => {
    const { env, opened } = desktop('desktop');
    const { shown, exitCode } = await startPty(fleet, 'open', env).ended;
    expect(exitCode).toBe(0);
    const [link] = /file:\/\/\S+/.exec(shown)!;
    expect(opened()).toBe(`<${link}>\n`);
    const printed = desktop('printed');
    await startPty(fleet, 'open --print', printed.env).ended;
    expect(printed.opened).toThrow('ENOENT');
  });

  test('says why no browser was opened, and prints the link anyway', async () => {
    const { env } = desktop('broken', 3);
    const broken = await startPty(fleet, 'open', env).ended;
    expect(broken.shown).toContain('No browser was opened, since xdg-open ended with 3.');
    const { shown, exitCode } = await startPty(fleet, 'open', { ...env, DISPLAY: '' }).ended;
    expect(shown).toContain('No browser was opened, since there is no desktop here.');
    expect(shown).toMatch(/file:\/\/\S+report\.html/);
    expect(exitCode).toBe(0);
  });

  describe('while `up` runs', () => {
    let up: Up;
    beforeAll(async () => {
      up = await startUp(fleet);
    });
    afterAll(async () => void (await up?.stop()));

    test('gives the page of the run in the Web UI, and with --html the report', async () => {
      const { stdout: detached } = await fleetmark('run', '--yes', '--detach');
      const id = detached.trim();
      await up.client.workflow.getHandle(id).result();
      const { stdout } = await fleetmark('open', id);
      const { runId } = await up.client.workflow.getHandle(id).describe();
      expect(stdout).toBe(`${up.webUi}/namespaces/default/workflows/${id}/${runId}\n`);
      expect((await fetch(stdout.trim())).status).toBe(200);
      expect((await fleetmark('open')).stdout).toBe(stdout);
      expect((await fleetmark('open', '--html', '--print')).stdout).toMatch(/^file:/);
      const unknown = await fleetmark('open', 'fleet-x');
      expect(unknown.stderr).toContain('there is no run "fleet-x"');
      expect(unknown.exitCode).toBe(2);
    });

    test.each([
      "';touch${IFS}PWNED;'",
      '$(touch${IFS}PWNED)',
      '--version',
      'a"b&c|d`touch${IFS}PWNED`',
      '../../../login?x=#y',
    ])('the hostile id %s reaches no shell, and stays one part of the link', async (id) => {
      const how = ['--type', 'benchmarkFleet', '--task-queue', 'fleetmark', `--workflow-id=${id}`];
      await temporal(up.address, 'workflow', 'execute', ...how);
      const { env, opened } = desktop(`desktop-${Buffer.from(id).toString('hex')}`);
      await startPty(fleet, `open -- ${id}`, env).ended;
      await eventually(opened, (text) => text.startsWith('<http'));
      const link = opened().trim().slice(1, -1);
      expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/[\w.%~-]+\/[\w-]+$/);
      expect(decodeURIComponent(new URL(link).pathname.split('/')[4]!)).toBe(id);
      expect(existsSync(fleet.file('PWNED'))).toBe(false);
    });
  });
});
