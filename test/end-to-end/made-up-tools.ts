import { unreadable, type Tool } from '../../src/benchmarks/tool.ts';
import { positive } from '../../src/domain/values/untrusted.ts';

const disk = { metric: 'disk.write_mb_per_second', unit: 'MB/s', better: 'higher' } as const;
const tensor = { metric: 'tensor.matmul_gflops', unit: 'GFLOPS', better: 'higher' } as const;

/** Everything that a new kind of benchmark needs: the time to write 16 MiB to the disk with dd of GNU coreutils. */
export const dd: Tool = {
  name: 'dd',
  benchmark: 'disk',
  byDefault: false,
  needsGpus: false,
  minTimeoutMs: 20_000,
  metrics: [disk],
  timed: false,
  loadsAllCpus: false,
  executables: ['dd'],
  packages: { 'apt-get': 'coreutils' },
  command: () => 'LC_ALL=C dd if=/dev/zero of="${TMPDIR:-/tmp}/disk" bs=1M count=16 conv=fsync 2>&1',
  parse(result) {
    const [, bytes = '', seconds = ''] = /^(\d+) bytes .* copied, ([\d.e-]+) s,/m.exec(result.stdout) ?? [];
    const [written, took] = [positive(bytes), positive(seconds)];
    if (written === null || took === null) throw unreadable('dd did not say how long it took', result);
    return { version: null, readings: [{ ...disk, device: null, value: written / 1e6 / took }] };
  },
};

/** A tool that measures GPUs, and runs if the configuration names no benchmarks. */
export const matmul: Tool = {
  name: 'matmul',
  benchmark: 'tensor',
  byDefault: true,
  needsGpus: true,
  minTimeoutMs: 120_000,
  metrics: [tensor],
  timed: true,
  loadsAllCpus: false,
  executables: ['matmul'],
  packages: {},
  command: () => 'matmul',
  parse: (result) => {
    throw unreadable('matmul is made up', result);
  },
};
