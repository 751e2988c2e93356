import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFleetmark, type Ended } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { startUp, type Up } from './up.ts';

describe.skipIf(skipsWithout())('the measurements of six servers', () => {
  let fleet: Fleet;
  let up: Up;
  let configuration: string;
  const scores = [1003, 998, 1010, 1001, 995, 640];
  beforeAll(async () => {
    fleet = await startFleet(6);
    mkdirSync(fleet.file('scores'));
    scores.forEach((score, index) => stage(`web-${index + 1}`, score));
    const servers = fleet.serverIds.map((id) => `  ${id}: { host: ${fleet.addressOf(id)}, port: ${fleet.sshd.port} }`);
    configuration = `# The fleet of this test.
servers:   # six
${servers.join('\n')}
ssh: { user: "${fleet.sshd.user}", key: ${fleet.sshd.keyFile}, knownHosts: ${fleet.sshd.knownHostsFile} }

# All of them are one machine.
quiet: { cpu: off, gpuProcesses: off, otherLoad: off, steal: off, unused: off, throttling: off }
benchmarks:
    burn:
        command: 'set -- $SSH_CONNECTION; cat ${fleet.file('scores')}/$3'
        metrics: { score: { pattern: 'score: (\\d+)', unit: points } } # per second
# The end.
`;
    write(configuration);
    up = await startUp(fleet);
  });
  afterAll(async () => {
    await up?.stop();
    await fleet?.stop();
  });

  const write = (text: string): void => writeFileSync(fleet.file('fleetmark.yaml'), text);
  const text = (): string => readFileSync(fleet.file('fleetmark.yaml'), 'utf8');
  const stage = (serverId: string, score: number): void =>
    writeFileSync(fleet.file(`scores/${fleet.addressOf(serverId)}`), `score: ${score}\n`);
  const line = 'burn.score: { reference: 1000, tolerance: 10% } # 5 servers, 1 run, ';

  test('are offered as a baseline, written by `baseline`, and expected from then on', async () => {
    const measured = await fleet.start('run', '--yes').ended;
    expect(measured.exitCode).toBe(3); // no expectations: the servers were only measured
    const [, offered] = /To use this run as the baseline: fleetmark (baseline \S+)\n$/.exec(measured.stdout)!;
    const [, runId] = offered!.split(' ');

    const shown = await fleet.start('baseline', '--diff').ended; // the last run by default
    expect(shown.exitCode).toBe(0);
    expect(text()).toBe(configuration);
    const written = await fleet.start(...offered!.split(' ')).ended;
    expect(written).toMatchObject({ exitCode: 0, stdout: `${fleet.file('fleetmark.yaml')}\n` });
    expect(written.stderr).toContain(
      `From ${runId} (6 servers):\ndefault burn.score: 1,000 points with a tolerance of 10 %`
    );
    expect(written.stderr).toContain('left out as outliers of the class: web-6 640 points\n');
    expect(text().startsWith(`${configuration}\nexpect:\n  default:\n    ${line}`)).toBe(true);
    expect(text()).toMatch(/; left out: web-6 640\n$/);

    const added = shown.stdout.split('\n').filter((each) => /^\+(?!\+)/.test(each));
    expect(added.map((each) => `${each.slice(1)}\n`).join('')).toBe(text().slice(configuration.length));

    const { report, exitCode } = await fleet.run();
    expect(exitCode).toBe(1);
    expect(report.failed).toEqual(['web-6']);
    expect(report.counts).toMatchObject({ pass: 5, fail: 1 });
    stage('web-6', 1002);
    stage('web-2', 880);
    const later = await fleet.run();
    expect(later.report.failed).toEqual(['web-2']);

    // Both runs together: the median falls between the normal values and the slow ones of one run.
    const both = await fleet.start('baseline', runId!, later.report.run, '--json').ended;
    expect(JSON.parse(both.stdout)).toMatchObject({
      ...{ written: true, runs: [runId, later.report.run] },
      classes: [{ metrics: [{ runs: 2, servers: 4 }] }],
    });
    expect(text()).toMatch(/# 4 servers, 2 runs, .*; left out: web-2 939, web-6 821\n$/);
  });

  test('can also come from a report file; an unknown run is reported', async () => {
    write(configuration);
    const { stdout } = await fleet.run('--limit', 'web-1', 'web-3');
    writeFileSync(fleet.file('report.json'), stdout);
    const few = await fleet.start('baseline', '--from', 'report.json').ended;
    expect(few.exitCode).toBe(2);
    expect(few.stderr).toContain('accept fewer with --least 2');
    expect((await fleet.start('baseline', '--from', 'report.json', '--least', '2').ended).exitCode).toBe(0);
    expect(text()).toContain('burn.score: { reference: 1010, tolerance: 10% } # 2 servers, 1 run, ');

    for (const id of ['unknown-fleet', '']) {
      const none = await fleet.start('baseline', id).ended;
      expect(none.stderr).toContain(`fleetmark: there is no run "${id}"; list them with fleetmark runs`);
      expect(none.exitCode).toBe(2);
    }
  });

  test('are read from the results store, which starts nothing, or from Temporal if there is none', async () => {
    write(configuration);
    const [stored, named] = [[], ['last']].map((ids) => fleet.start('baseline', ...ids, '--least', '2', '--diff'));
    expect(await named!.ended).toEqual(await stored!.ended);
    expect(await stored!.ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('burn.score: {') });
    expect((await stored!.ended).stderr).not.toMatch(/Getting ready|Temporal/);

    const args = ['baseline', '--least', '2', '--diff'];
    const elsewhere = await startFleetmark(fleet.folder, args, { TEMPORAL_ADDRESS: up.address }).ended;
    expect(elsewhere).toMatchObject({ exitCode: 0, stdout: (await stored!.ended).stdout });
  });

  test('an inventory alone is enough: a file that names it is created', async () => {
    const folder = fleet.file('elsewhere');
    mkdirSync(`${folder}/home`, { recursive: true });
    writeFileSync(`${folder}/hosts.ini`, '[web]\nweb-1\nweb-3\n');
    const report = readFileSync(fleet.file('report.json'), 'utf8');
    const args = ['baseline', '-i', 'hosts.ini', '--from', '-', '--least', '2'];
    const start = (input: string): Promise<Ended> => {
      const running = startFleetmark(folder, args, { FLEETMARK_CONFIG: '' }, input);
      return running.ended;
    };
    const unknown = await start(report);
    expect(unknown.stderr).toContain('burn is not among the benchmarks'); // from the other fleetmark.yaml
    expect(unknown.exitCode).toBe(2);
    const known = report.replaceAll('burn.score', 'cpu.events_per_second').replaceAll('burn', 'cpu');
    expect(await start(known)).toMatchObject({ exitCode: 0, stdout: 'fleetmark.yaml\n' });
    expect(readFileSync(`${folder}/fleetmark.yaml`, 'utf8')).toMatch(
      /^inventory: hosts\.ini\n\nexpect:\n {2}default:\n {4}cpu\.events_per_second: \{ reference: 1010, /
    );
  });
});
