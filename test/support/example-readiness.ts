import type { Readiness } from '../../src/domain/checks/readiness.ts';

/** The result of a check of a server that is ready. */
export function exampleReadiness(changes: Partial<Readiness> = {}): Readiness {
  return {
    user: 'bench',
    hostKey: { fingerprint: `SHA256:${'x'.repeat(43)}`, trusted: 'known_hosts' },
    kernel: '6.1.0-18-amd64',
    tools: [
      { benchmark: 'cpu', tool: 'sysbench', found: true, install: null },
      { benchmark: 'cpu', tool: 'openssl', found: false, install: 'apt-get install openssl' },
    ],
    jobs: { folder: '/var/tmp/.fleetmark.1000', freeKib: 125_829_120 },
    obstacle: null,
    clock: { aheadSeconds: 0.1, withinSeconds: 0.6 },
    otherWork: null,
    ...changes,
  };
}
