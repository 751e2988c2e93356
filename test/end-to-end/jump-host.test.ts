import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSshd, type Sshd } from '../support/sshd.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { readConnections } from './sshd-connections.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';

describe.skipIf(skipsWithout())('a fleet behind a jump host', () => {
  let fleet: Fleet;
  let jump: Sshd;
  beforeAll(async () => {
    fleet = await startFleet(3);
    jump = await startSshd({ config: [`AuthorizedKeysFile ${join(fleet.sshd.dir, 'authorized_keys')}`] });
    const known = fleet.file('known_hosts');
    writeFileSync(known, [jump, fleet.sshd].map(({ knownHostsFile }) => readFileSync(knownHostsFile)).join(''));
    fleet.configure({
      ssh: { jump: `${jump.user}@127.0.0.1:${jump.port}`, knownHosts: known },
      benchmarks: { cpu: scoreCommand('echo score: 80') },
    });
  });
  afterAll(async () => {
    await fleet?.stop();
    await jump?.stop();
  });

  test('is measured over one connection to it, which has its own log lines', async () => {
    const { report } = await fleet.run();
    expect(report.counts).toMatchObject({ measured: 3 });
    expect(readConnections(jump.log())).toEqual([{ server: '127.0.0.1', accepted: true, closed: true }]);
    expect(readConnections(fleet.sshd.log())).toHaveLength(3);
    const ofJumpHost = fleet.log().filter((line) => 'jumpHost' in line);
    expect(ofJumpHost.length).toBeGreaterThan(0);
    expect(ofJumpHost.filter((line) => 'serverId' in line)).toEqual([]);
  });
});
