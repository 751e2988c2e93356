import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startNameServers } from '../support/name-servers.ts';
import { withResolver } from '../support/own-mounts.ts';
import { unaffected, usualShape, type Fault } from './fault.ts';
import type { FaultyServer } from './faulty-server.ts';
import type { Round } from './round.ts';

const DEAD = ['dead-1', 'dead-2', 'dead-3', 'dead-4'];

/** Longer than the connect timeout. */
const RESOLVER = 'timeout:6 attempts:1';

/** All servers have host names, others have host names that get no DNS answer; the worker has its own resolver. */
const deadNameServer: Fault = {
  name: 'dead name server',
  ...{ seconds: 60, expected: unaffected, needsUnshare: true, workers: 0, shape: usualShape },
  async play(round) {
    const { lane, servers } = round;
    // Each lane has its own loopback addresses.
    const own = servers[0]!.host.split('.').at(-1)!;
    const names = await startNameServers([`127.99.${own}.1`, `127.99.${own}.2`], namesOf(servers), RESOLVER);
    names.startFirst();
    useHostNames(round);
    await lane.startWorker(withResolver(names.file));
    try {
      const input = { args: [{ limit: ['dead-*'] }], taskQueue: 'fleetmark', workflowId: `dead-${round.name}` };
      const unanswered = await lane.client.workflow.start('benchmarkFleet', input);
      const run = await round.start();
      await round.randomMoment();
      names.stopFirst();
      for (const { proxy } of servers) proxy.reset(); // new connections look up the names again
      const report = await round.reportOf(run);
      await unanswered.cancel();
      await round.reportOf(unanswered);
      return report;
    } finally {
      for (const worker of lane.workers.splice(0)) {
        worker.kill('SIGKILL');
        await worker.ended;
      }
      names.stop();
    }
  },
};

function nameOf({ serverId }: Pick<FaultyServer, 'serverId'>): string {
  return `${serverId}.fleet.example`;
}

function namesOf(servers: readonly FaultyServer[]): Record<string, string> {
  return Object.fromEntries(servers.map((server) => [nameOf(server), server.host]));
}

/** Replaces the addresses in the configuration by host names. */
function useHostNames({ lane: { folder }, servers }: Round): void {
  const file = join(folder, 'fleetmark.yaml');
  const configuration = JSON.parse(readFileSync(file, 'utf8')) as { servers: Record<string, { host: string }> };
  const [some] = Object.values(configuration.servers);
  for (const server of servers) {
    configuration.servers[server.serverId]!.host = nameOf(server);
    const line = `[${nameOf(server)}]:${server.port} ${server.sshd.hostKeys[0]}\n`;
    appendFileSync(join(folder, 'known_hosts'), line);
  }
  for (const serverId of DEAD) configuration.servers[serverId] = { ...some!, host: nameOf({ serverId }) };
  writeFileSync(file, JSON.stringify(configuration));
}

export const nameFaults: Fault[] = [deadNameServer];
