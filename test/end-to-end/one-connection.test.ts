import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/processes.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { readConnections, type SshdConnection } from './sshd-connections.ts';
import { startUp } from './up.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';

describe.skipIf(skipsWithout())('everything on a server', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(3);
    const command = scoreCommand('echo score: 80');
    fleet.configure({ benchmarks: { cpu: { ...command, samples: 3 }, gpu: command, burn: command } });
  });
  afterAll(async () => fleet?.stop());

  let seen = 0;
  /** The connections in the log of sshd since the last call. */
  function newConnections(): SshdConnection[] {
    const connections = readConnections(fleet.sshd.log()).slice(seen);
    seen += connections.length;
    return connections;
  }
  const everyServerOnce = (): string[] => fleet.serverIds.map((serverId) => fleet.addressOf(serverId));

  test('goes through one connection, which ends with the run', async () => {
    const { report } = await fleet.run();
    expect(report.counts).toMatchObject({ measured: 3 });
    await eventually(
      () => readConnections(fleet.sshd.log()),
      (connections) => connections.every(({ closed }) => closed)
    );
    const connections = newConnections();
    expect(connections.map(({ server }) => server).sort()).toEqual(everyServerOnce());
    expect(connections.every(({ accepted }) => accepted)).toBe(true);
  });

  test('of two runs in a row goes through the same connection, which ends once it is idle', async () => {
    const up = await startUp(fleet);
    // An idle connection is closed after 15 s: a command line may take longer to start beside other tests.
    for (const [workflowId, input] of Object.entries({ first: {}, second: { benchmarks: ['cpu'] } }))
      await up.client.workflow.execute('benchmarkFleet', { workflowId, taskQueue: 'fleetmark', args: [input] });
    const connections = await eventually(
      () => readConnections(fleet.sshd.log()).slice(seen),
      (all) => all.every(({ closed }) => closed)
    );
    expect(connections.map(({ server }) => server).sort()).toEqual(everyServerOnce());
    expect(await up.stop()).toBe(0);
    expect(newConnections()).toHaveLength(3);
  });
});
