import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtBin, builtProgram } from '../support/built-program.ts';
import { environmentIn, type Ended } from './command-line.ts';
import { canUnshareNetwork, startOwnNetwork, type OwnNetwork } from '../support/own-network.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { HeldBenchmark } from './held-benchmark.ts';
import { type as typeInto } from './shell.ts';
import { startUp, type Up } from './up.ts';

const root = join(import.meta.dirname, '..', '..');

describe.skipIf(skipsWithout())('a printed command runs unchanged', () => {
  let fleet: Fleet;
  let held: HeldBenchmark;
  beforeAll(async () => {
    fleet = await startFleet(1);
    held = new HeldBenchmark(fleet);
    const { benchmarks } = held.settings();
    fleet.configure({ benchmarks });
    mkdirSync(fleet.file('elsewhere'));
    writeFileSync(fleet.file('no-report.json'), '{}');
  });
  afterAll(() => fleet?.stop());

  const type = (command: string, more: NodeJS.ProcessEnv = {}, cwd = fleet.folder): Promise<Ended> =>
    typeInto(command, cwd, { ...environmentIn(fleet.folder), NO_COLOR: '1', ...more }).ended;

  /** The first command that the output of another command names. */
  const printedBy = async (command: string, pattern: RegExp, more: NodeJS.ProcessEnv = {}): Promise<string> => {
    const { stdout, stderr } = await type(command, more);
    const found = pattern.exec(`${stdout}${stderr}`);
    if (found === null) throw new Error(`${command} does not say ${pattern}: ${stdout}${stderr}`);
    return found[1]!;
  };

  test.each([
    ['by its name on the PATH', () => ['fleetmark', builtBin()]],
    ['by npx', () => ['npx fleetmark', installed()]],
    ['by the path of its link', () => [join(builtBin(), 'fleetmark'), '/nowhere']],
    ['by the path of its program', () => [builtProgram('client'), '/nowhere']],
    ['from a clone, elsewhere', () => [`npm --prefix ${root} run -s fleetmark --`, '/nowhere']],
  ] as [string, () => [string, string]][])('where fleetmark was started %s', async (_how, start) => {
    const [prefix, folder] = start();
    const PATH = `${folder}:${process.env['PATH']}`;
    const cwd = fleet.file('elsewhere');
    const env = { PATH, FLEETMARK_CONFIG: '', npm_config_offline: 'true' };
    const { stdout } = await type(`${prefix} --help`, env, cwd);
    const [, command] = /^ {2}(\S.*? check)(?: {2,}|$)/m.exec(stdout)!;
    expect(command).toBe(`${prefix} check`);
    const { stderr, exitCode } = await type(command!, env, cwd);
    expect(stderr).toContain(`fleetmark: fleetmark.yaml does not exist in ${cwd}\nTo begin:\n  ${prefix} demo`);
    expect(exitCode).toBe(2);
  });

  /** The layout that `npm install fleetmark` creates, seen from a subfolder. */
  function installed(): string {
    const bin = fleet.file('node_modules/.bin');
    const link = join(bin, 'fleetmark');
    mkdirSync(bin, { recursive: true });
    mkdirSync(fleet.file('node_modules/fleetmark'), { recursive: true });
    writeFileSync(fleet.file('package.json'), '{ "dependencies": { "fleetmark": "*" } }');
    writeFileSync(fleet.file('node_modules/fleetmark/package.json'), '{ "name": "fleetmark", "version": "0.1.0" }');
    symlinkSync(builtProgram('client'), link);
    return dirname(link);
  }

  test('to start a run for a baseline, and to write a report', async () => {
    const first = await printedBy('fleetmark baseline', /: start one with (fleetmark run .*)$/m);
    held.disableHold();
    expect((await type(`${first} --yes`)).exitCode).toBe(0);
    const second = await printedBy('fleetmark baseline --from no-report.json', /: write one with (fleetmark .*)$/m);
    await type(second);
    const offered = await printedBy('fleetmark run --yes', /^To use this run as the baseline: (.*)$/m);
    expect((await type(`${offered} --diff`)).exitCode).toBe(0);
    expect((await type('fleetmark baseline --from report.json --least 1 --diff')).exitCode).toBe(0);
  });

  describe('and reaches the Temporal that runs here', () => {
    let up: Up;
    beforeAll(async () => {
      held.hold();
      up = await startUp(fleet);
    });
    afterAll(async () => void (await up?.stop()));

    test('to watch a detached run, to get its result, and to cancel it', async () => {
      const { stderr, stdout } = await type('fleetmark run --yes --detach');
      const [, result] = /^Result: (.*)$/m.exec(stderr)!;
      const [, cancel] = /^Cancel: (.*)$/m.exec(stderr)!;
      const [, watch] = /^Watch: (.*)$/m.exec(stderr)!;
      const watched = typeInto(watch!, fleet.folder, { ...environmentIn(fleet.folder), NO_COLOR: '1' });
      await watched.waitFor(/^Run fleet-/m);
      expect((await type(cancel!)).exitCode).toBe(0);
      expect((await watched.ended).stdout).toContain('1 cancelled');
      const outcome = await type(result!);
      expect(outcome.stdout + outcome.stderr).toMatch(/CANCELED|canceled/i);
      expect(result).toBe(`fleetmark temporal workflow result --workflow-id ${stdout.trim()}`);
    });

    test('to start a worker for a Temporal without one', async () => {
      const TEMPORAL_ADDRESS = up.address;
      const where = { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE: 'other' };
      const { exitCode } = await type('fleetmark temporal operator namespace create --namespace other');
      expect(exitCode).toBe(0);
      const start = await printedBy('fleetmark run --yes', /can reach the servers: (.*)$/m, where);
      const worker = typeInto(start, fleet.folder, { ...environmentIn(fleet.folder), TEMPORAL_NAMESPACE: 'other' });
      await worker.waitFor(/^Worker of .* at .*\. Stop it with Ctrl-C\.$/m);
      expect((await worker.ctrlC()).exitCode).toBe(0);
    });

    test('`fleetmark temporal` passes on its arguments and the exit code', async () => {
      const { stdout } = await type('fleetmark temporal workflow list --limit 1 -o json');
      expect(JSON.parse(stdout)).toHaveLength(1);
      expect((await type('fleetmark temporal workflow --help')).stdout).toContain('temporal workflow [command]');
      expect((await type('fleetmark temporal workflow describe --workflow-id none')).exitCode).toBe(1);
    });
  });

  describe.skipIf(!canUnshareNetwork && process.env['CI'] !== 'true')('`fleetmark temporal`, after a failure,', () => {
    let network: OwnNetwork;
    beforeAll(async () => (network = await startOwnNetwork()));
    afterAll(() => network?.remove());
    const describeNone = 'fleetmark temporal workflow describe --workflow-id none';
    const hint = 'No Temporal of fleetmark is running here: start one with fleetmark up\n';

    test('says if no Temporal is running, and how to start one', async () => {
      const { stderr, exitCode } = await type(`${network.through.join(' ')} ${describeNone}`);
      expect(stderr).toContain(hint);
      expect(exitCode).toBe(1);
    });

    test('does not say so if something else listens where the Temporal CLI looks', async () => {
      const listener = `const server = require('net').createServer((socket) => socket.destroy());
        server.listen(7233, '127.0.0.1', () => {
          const ended = require('child_process').spawn('/bin/sh', ['-c', '${describeNone}'], { stdio: 'inherit' });
          ended.on('exit', (code) => process.exit(code));
        });`;
      const { stderr, exitCode } = await type(`${network.through.join(' ')} node --eval "${listener}"`);
      expect(stderr).toMatch(/\S/);
      expect(stderr).not.toContain(hint);
      expect(exitCode).toBe(1);
    });
  });
});
