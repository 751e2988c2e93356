import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { startSshd, type Sshd } from '../support/sshd.ts';
import { startFleetmark } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const recorded = join(import.meta.dirname, '..', 'fixtures', 'sysbench', 'cpu-2-threads.txt');

describe.skipIf(skipsWithout())('servers that are only configured in ~/.ssh/config', () => {
  let fleet: Fleet;
  let bastion: Sshd;
  let tools: string;
  beforeEach(async () => {
    tools = temporaryFolder('tools');
    writeFileSync(join(tools, 'sysbench'), `#!/bin/sh\ncat ${recorded}\n`, { mode: 0o755 });
    fleet = await startFleet(2, [`SetEnv PATH=${tools}:/usr/bin:/bin`]);
    bastion = await startSshd();
    mkdirSync(fleet.file('home/.ssh'));
    const ofServers = `Port ${fleet.sshd.port}\nUser ${fleet.sshd.user}\nIdentityFile ${fleet.sshd.keyFile}\n`;
    const aliases = fleet.serverIds.map((id) => `Host ${id}\n  HostName ${fleet.addressOf(id)}\n`);
    const config = `${aliases.join('')}Host web-*\n${ofServers}ProxyJump bastion\nHost bastion\n  HostName 127.0.0.1
  Port ${bastion.port}\n  User ${bastion.user}\n  IdentityFile ${bastion.keyFile}\nHost *
UserKnownHostsFile ${fleet.sshd.knownHostsFile} ${bastion.knownHostsFile}\n`;
    writeFileSync(fleet.file('home/.ssh/config'), config, { mode: 0o600 });
  });
  afterEach(async () => {
    await bastion.stop();
    await fleet.stop();
  });

  test('are measured, with their names as the inventory', async () => {
    const args = [
      'run',
      '-i',
      'web-1,web-2',
      '--yes',
      '--even-if-busy',
      '--benchmarks',
      'cpu',
      '--measure-only',
      '--json',
    ];
    const { stdout, stderr, exitCode } = await startFleetmark(fleet.folder, args, { FLEETMARK_CONFIG: '' }).ended;
    expect([stderr, exitCode]).toEqual([expect.not.stringContaining('internal error'), 0]);
    expect((JSON.parse(stdout) as FleetReport).counts).toMatchObject({ measured: 2, error: 0 });
    // All servers behind the jump host share one connection to it.
    expect(bastion.log().match(/^Accepted publickey/gm)).toHaveLength(1);
    const reached = fleet.log().filter(({ msg }) => msg === 'route to this server');
    const { port, user, keyFile } = fleet.sshd;
    const jumps = [`${bastion.user}@127.0.0.1:${bastion.port}`];
    expect(reached.sort((a, b) => String(a['serverId']).localeCompare(String(b['serverId'])))).toMatchObject(
      fleet.serverIds.map((serverId) => {
        return { serverId, host: fleet.addressOf(serverId), port, user, keys: [keyFile], jumps };
      })
    );
  });
});
