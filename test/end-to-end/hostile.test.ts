import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellQuote } from '../../src/domain/jobs/shell.ts';
import { temporal } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { startPty } from './pty.ts';
import { startUp } from './up.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const places = temporaryFolder('hostile');
/** A file that only an injected command could create. */
const canary = join(places, 'canary');
/** Clears a screen, sets a terminal title, reverses text, is markup, and contains a command in every kind of quotes. */
const hostileText =
  '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e<script>![x](http://x)|' +
  `$(touch ${canary})\`touch ${canary}\`';touch ${canary};'";touch ${canary};"`;

/** Programs that come first in the PATH of a server and print this text. */
function hostileTools(): string {
  const folder = join(places, 'tools');
  mkdirSync(folder);
  const answers = {
    sed: `case "$*" in *PRETTY_NAME*) printf '%s=%s\\n' system "$bait" cpu_model "$bait" ;; *) exec /usr/bin/sed "$@" ;; esac`,
    uname: 'echo "$bait"',
    date: 'echo "$bait"',
    hostname: 'echo "$bait"',
    sysbench: 'echo "sysbench $bait"; echo "$bait" >&2; exit 3',
  };
  for (const [name, script] of Object.entries(answers)) {
    writeFileSync(join(folder, name), `#!/bin/sh\nbait=${shellQuote(hostileText)}\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** Nothing that a terminal interprets, except line ends. */
const printable = /^(?:\P{C}|\n)*$/u;

describe.skipIf(skipsWithout('script'))('hostile answers of a server, and hostile workflow inputs', () => {
  let fleet: Fleet;
  const score = { pattern: 'score: (.*)', unit: 'points' };

  beforeAll(async () => {
    writeFileSync(join(places, 'banner'), `${hostileText}\n`);
    fleet = await startFleet(1, [`SetEnv PATH=${hostileTools()}:/usr/bin:/bin`, `Banner ${join(places, 'banner')}`]);
    fleet.configure({
      benchmarks: {
        cpu: { samples: 1, duration: '1s' },
        burn: { command: 'hostname; hostname >&2; echo score: 95', metrics: { score } },
        noisy: { command: 'echo "score: $(hostname)"', metrics: { score } },
      },
      expect: { 'noisy.score': { min: 90 }, 'cpu.events_per_second': { min: 1 } },
    });
  });
  afterAll(async () => {
    await fleet?.stop();
  });

  test('run nothing, start nothing and cannot move the cursor', async () => {
    const up = await startUp(fleet);
    try {
      const { shown, exitCode } = await startPty(fleet, 'run --yes').ended;
      expect(exitCode).toBe(3);
      expect(shown).toContain('sysbench exited with 3: [2J ]0;owned');
      expect(shown).not.toMatch(/\u001b\[2J|\u001b\]|[\u0007\u009b\u202e]/);
      for (const args of [
        ['check', '--verbose'],
        ['run', '--yes', '--json', '--note', `$(touch ${canary})`],
      ]) {
        const { stdout, stderr } = await fleet.start(...args).ended;
        expect(stdout).toContain('2J ]0;owned');
        expect(stdout + stderr).toMatch(printable);
      }

      const before = fleet.sshd.log().split('\n').length;
      const inputs = [
        ...['limit', 'sample', 'seed', 'benchmarks', 'note', 'maxParallel', 'evenIfBusy'].flatMap((key) => [
          ['benchmarkFleet', { [key]: hostileText }] as const,
          ['benchmarkFleet', { [key]: [hostileText] }] as const,
        ]),
        ['benchmarkFleet', { [hostileText]: 1 }],
        ['benchmarkFleet', { limit: `a[0-99999]${'[1]'.repeat(60_000)}` }],
        ['benchmarkFleet', { limit: 'x'.repeat(1_000_000) }],
        ['planRun', { limit: hostileText }],
        ['benchmarkServer', { serverId: hostileText }],
        ['benchmarkServer', { serverId: `../${'x'.repeat(100_000)}` }],
        ['benchmarkServer', { serverId: 'web-1', benchmarks: [hostileText] }],
      ] as const;
      for (const [index, [type, input]] of inputs.entries()) {
        writeFileSync(join(places, 'input'), JSON.stringify(input));
        const how = [
          '--type',
          type,
          '--task-queue',
          'fleetmark',
          '--workflow-id',
          `${hostileText.slice(0, 60)}${index}`,
        ];
        const from = ['--input-file', join(places, 'input'), '-o', 'json'];
        const { stdout } = await temporal(up.address, 'workflow', 'execute', ...how, ...from);
        expect(stdout.slice(0, 20_000), JSON.stringify(input).slice(0, 80)).toMatch(
          /"type": "(?:InvalidInput|UnknownServer)"/
        );
      }
      expect(fleet.sshd.log().split('\n').length).toBe(before);
    } finally {
      await up.stop();
    }
    expect(readFileSync(fleet.file('state/fleetmark.log'), 'utf8')).toMatch(printable);
    expect(existsSync(canary)).toBe(false);
  });

  test('a password in an inventory is in no report, log or history, even if its line is invalid', async () => {
    const password = 'only-the-inventory-knows-this';
    const { port, user, keyFile, knownHostsFile: knownHosts } = fleet.sshd;
    const secrets = `ansible_password=${password} ansible_become_pass='${password}' ansible_ssh_pass="${password}"`;
    const own = `ansible_host=${fleet.addressOf('web-1')} ansible_port=${port} ansible_ssh_private_key_file=${keyFile}`;
    const write = (vars: string): void =>
      writeFileSync(fleet.file('hosts.ini'), `[web]\nweb-1 ${own} ${secrets}\n[web:vars]\n${vars}\n`);
    write(`ansible_user=${user}`);
    const settings = {
      inventory: 'hosts.ini',
      ssh: { knownHosts },
      benchmarks: { noisy: { command: 'hostname', metrics: { score } } },
    };
    writeFileSync(fleet.file('fleetmark.yaml'), JSON.stringify(settings));
    const up = await startUp(fleet);
    const note = 'that it was looked where notes are';
    try {
      const { stdout, stderr } = await fleet.run('--note', note);
      expect(stdout + stderr).not.toContain(password);
      write(`ansible_user=${user} ansible_password=${password}`);
      const how = { taskQueue: 'fleetmark', workflowId: 'wrong', args: [] };
      const refused = await up.client.workflow.execute('benchmarkFleet', how).catch((error: unknown) => error);
      expect(refused).toMatchObject({ cause: { message: expect.stringContaining('is not a valid user name') } });
    } finally {
      await up.stop();
    }
    const kept = readdirSync(fleet.file('state')).map((name) => readFileSync(fleet.file(`state/${name}`), 'latin1'));
    expect(kept.filter((content) => content.includes(note))).not.toEqual([]);
    expect(kept.filter((content) => content.includes(password))).toEqual([]);
  });
});
