/** What the peers have to do, and our budget for it. */

export interface Work {
  servers: number;
  maxParallel: number;
  /** Of the two commands on the server with this index. */
  seconds: (index: number) => [number, number];
  /** The run of ours that is judged. `fleetmark-again` has measured these servers before, as every night. */
  ours: 'fleetmark' | 'fleetmark-again';
  /** Of our run, to the ideal. */
  maxRatio: number;
  /** How far our ratio may be above the ratio of a peer in the same run. */
  maxAbove: Readonly<Record<string, number>>;
}

export const works: Readonly<Record<string, Work>> = {
  equal: {
    ...{ servers: 200, maxParallel: 20, seconds: () => [5, 5] },
    ...{ ours: 'fleetmark', maxRatio: 1.04, maxAbove: { 'thread-pool': 0.02 } },
  },
  mixed: {
    servers: 60,
    maxParallel: 10,
    // Each of 1 to 10 s as often as the others: 660 s. Server after server, in the order of the inventory, takes 73 s.
    seconds: (index) => [1 + ((3 * index) % 10), 1 + ((3 * index + 5) % 10)],
    ours: 'fleetmark-again', // only an earlier run knows which servers take long
    maxRatio: 1.05,
    maxAbove: { 'thread-pool': 0, xargs: 0, pssh: 0, 'ansible-linear': 0, 'ansible-free': 0 },
  },
  long: { servers: 60, maxParallel: 20, seconds: () => [30, 30], ours: 'fleetmark', maxRatio: 1.01, maxAbove: {} },
};

/** All durations, shared by the servers in parallel: a lower bound, which needs commands that fit without a gap. */
export function idealSeconds({ servers, maxParallel, seconds }: Work): number {
  let sum = 0;
  for (let index = 0; index < servers; index += 1) sum += seconds(index)[0] + seconds(index)[1];
  return sum / maxParallel;
}

/** The upper limits of our ratio, with their names, where these are the ratios of the peers in the same run. */
export function limitsOf(work: Work, ratios: ReadonlyMap<string, number>): [string, number][] {
  const limits: [string, number][] = [['the ideal', work.maxRatio]];
  for (const [peer, above] of Object.entries(work.maxAbove)) {
    const ratio = ratios.get(peer);
    if (ratio !== undefined) limits.push([above > 0 ? `${peer} + ${above}` : peer, ratio + above]);
  }
  return limits;
}
