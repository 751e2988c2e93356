import { expect, test } from 'vitest';
import { classMachines } from '../../../src/reports/html/machine-differences.ts';
import type { MachineFacts } from '../../../src/domain/servers/machine.ts';
import { unmeasuredRow, type ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { exampleReadiness } from '../../support/example-readiness.ts';
import { reportOf } from '../example-report.ts';

const usual: MachineFacts = {
  ...{ system: 'Debian GNU/Linux 12 (bookworm)', cpuModel: 'AMD EPYC 9654', cpus: 192, memoryMib: 773_000 },
  gpus: [{ model: 'NVIDIA H100', count: 8 }],
  ...{ product: 'PowerEdge XE9680', bios: '2.4.4', gpuDriver: '550.127.05', kernel: '6.1.0-18' },
};

function server(serverId: string, changes: Partial<MachineFacts> = {}, kernel: string | null = null): ServerRow {
  const readiness = kernel === null ? null : exampleReadiness({ kernel });
  return {
    ...unmeasuredRow(serverId, 'pass', null),
    hardwareClass: 'h100x8',
    machine: { ...usual, ...changes },
    readiness,
  };
}

/** `label: servers that differ` */
function differences(...rows: ServerRow[]): string[] {
  const facts = classMachines(reportOf(rows)).flatMap((each) => each.facts);
  return facts
    .filter(({ others }) => others.length > 0)
    .map(({ label, others }) => `${label}: ${others.map(({ serverId, value }) => `${serverId} ${value}`).join(', ')}`);
}

test('what most servers of a class have is usual, and the others are named', () => {
  expect(
    differences(server('a'), server('b'), server('c', { cpus: 96 }), server('d', { system: 'Debian GNU/Linux 11' }))
  ).toEqual(['CPUs: c 96 CPUs', 'system: d Debian GNU/Linux 11']);
});

test.each([
  ['a lost GPU', { gpus: [{ model: 'NVIDIA H100', count: 7 }] }, 'GPUs: c 7 x NVIDIA H100'],
  ['no GPU at all', { gpus: [] }, 'GPUs: c no GPU'],
  ['another CPU', { cpuModel: 'AMD EPYC 9554' }, 'CPU: c AMD EPYC 9554'],
  ['a lost memory module of 24', { memoryMib: 740_800 }, 'memory: c 723 GiB'],
  ['another BIOS', { bios: '1.58' }, 'BIOS: c 1.58'],
  ['another driver', { gpuDriver: '535.1' }, 'GPU driver: c 535.1'],
  ['another kernel', { kernel: '6.1.0-11' }, 'kernel: c 6.1.0-11'],
  ['another server', { product: 'PowerEdge R760' }, 'server: c PowerEdge R760'],
  ['an unknown system', { system: null }, 'system: c unknown'],
])('%s differs', (_, changes, expected) => {
  expect(differences(server('a'), server('b'), server('c', changes))).toEqual([expected]);
});

test('memory that only the firmware keeps does not differ', () => {
  expect(differences(server('a'), server('b', { memoryMib: 772_100 }), server('c', { memoryMib: 771_500 }))).toEqual(
    []
  );
});

test('a check compares kernels, too', () => {
  expect(
    differences(
      server('a', { kernel: null }, '6.1.0-18'),
      server('b', { kernel: null }, '6.1.0-18'),
      server('c', { kernel: null }, '6.1.0-11')
    )
  ).toEqual(['kernel: c 6.1.0-11']);
});

test('servers of other classes, and servers that told nothing, are no part of a class', () => {
  const other = { ...server('d', { cpus: 4 }), hardwareClass: 'small' };
  expect(differences(server('a'), server('b'), other, unmeasuredRow('e', 'error', null))).toEqual([]);
});
