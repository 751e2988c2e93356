import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFault, usualShape, type Fault } from './fault.ts';
import type { FaultyServer } from './faulty-server.ts';
import type { Round } from './round.ts';

/** A random choice of servers, at least one. */
function someServers({ random, servers }: Round): FaultyServer[] {
  const first = random.pick(servers);
  return servers.filter((server) => server === first || random.between(0, 1) < 0.5);
}

async function seconds({ random }: Round, least: number, most: number): Promise<void> {
  await delay(random.between(least, most) * 1000);
}

function passAgain(servers: readonly FaultyServer[]): void {
  for (const { proxy } of servers) proxy.pass();
}

const connectionReset = temporaryFault('connection reset', async (round) => {
  for (let left = round.random.integer(1, 4); left > 0; left--) {
    for (const { proxy } of someServers(round)) proxy.reset();
    await seconds(round, 0, 2);
  }
});

const refused = temporaryFault('connection reset, then refused', async (round) => {
  const faulty = someServers(round);
  for (const { proxy } of faulty) {
    proxy.refuse();
    proxy.reset();
  }
  await seconds(round, 0.5, 10);
  passAgain(faulty);
});

const slow = temporaryFault('every packet up to 1 s late', async (round) => {
  for (const { proxy } of someServers(round)) proxy.delay(round.random.between(50, 1000));
  await seconds(round, 2, 6);
  passAgain(round.servers);
});

const blackHole = temporaryFault(
  'black hole, 3 to 20 s',
  async (round) => {
    const faulty = someServers(round);
    for (const { proxy } of faulty) proxy.blackHole();
    await seconds(round, 3, 20);
    passAgain(faulty);
  },
  { seconds: 30 }
);

const halfAMinute = temporaryFault(
  'black hole, 30 s of a 60 s benchmark',
  async (round) => {
    const faulty = round.servers[0]!;
    await seconds(round, 3, 15);
    faulty.proxy.blackHole();
    await delay(30_000);
    passAgain([faulty]);
  },
  { seconds: 90, shape: ({ servers }) => ({ servers: servers.slice(0, 2), benchmarks: { cpu: 60 } }) }
);

const sshdKilled = temporaryFault('sshd killed, restarted', async (round) => {
  const faulty = someServers(round);
  await Promise.all(faulty.map(({ sshd }) => sshd.crash()));
  await seconds(round, 0, 8);
  await Promise.all(faulty.map(({ sshd }) => sshd.restart()));
});

const linkDown = temporaryFault(
  'link down, 3 to 20 s',
  async (round) => {
    const { networkServer: far } = round.lane;
    far!.cutLink();
    await seconds(round, 3, 20);
    far!.restoreLink();
  },
  {
    seconds: 30,
    needsUnshare: true,
    shape: (lane, random) => ({ ...usualShape(lane, random), servers: [lane.servers[0]!, lane.networkServer!] }),
  }
);

export const networkFaults: Fault[] = [connectionReset, refused, slow, blackHole, halfAMinute, linkDown, sshdKilled];
