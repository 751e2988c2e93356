import { shellCommand } from '../domain/jobs/shell.ts';
import { sampleSeconds } from '../domain/plans/time-limits.ts';
import { positive } from '../domain/values/untrusted.ts';
import { unreadable, type Tool } from './tool.ts';

const metric = { metric: 'cpu.sha256_mb_per_second', unit: 'MB/s', better: 'higher' } as const;

/**
 * `openssl speed` of OpenSSL 1.1.1 and later, https://docs.openssl.org/master/man1/openssl-speed/: the megabytes (10^6)
 * per second that all CPUs hash. It uses the CPU's SHA instructions, so results cannot be compared with sysbench.
 *
 * The shell starts one process per CPU and waits for them. With `-multi`, OpenSSL before 3.0.6 does not wait for its own
 * processes, so their CPU time would look like other load: https://github.com/openssl/openssl/pull/19093
 */
export const openssl: Tool = {
  name: 'openssl',
  benchmark: 'cpu',
  byDefault: true,
  needsGpus: false,
  minTimeoutMs: 60_000,
  metrics: [metric],
  timed: true,
  loadsAllCpus: true,
  executables: ['openssl'],
  packages: { 'apt-get': 'openssl', dnf: 'openssl', zypper: 'openssl', apk: 'openssl', pacman: 'openssl' },

  command(settings, machine) {
    // Without -elapsed, it divides by CPU time, so a throttled machine would look healthy.
    const how = ['-elapsed', '-mr', '-seconds', String(sampleSeconds(settings)), '-bytes', '16384'];
    const speed = shellCommand(['openssl', 'speed', ...how, '-evp', 'sha256']);
    return `openssl version; n=0; while [ $n -lt ${machine.cpus} ]; do n=$((n+1)); ${speed} & done; wait`;
  },

  parse(result, _, { cpus }) {
    const found = [...result.stdout.matchAll(/^\+F:\d+:sha(?:2-)?256:(.*)$/gim)];
    if (found.length !== cpus) {
      const what = `openssl speed printed ${found.length} results ("+F:" lines), not one for each of ${cpus} CPUs`;
      throw unreadable(`${what}; 1.1.1 and later are supported`, result);
    }
    const bytesPerSecond = found.map(([, number]) => positive(number!.trim()));
    if (!bytesPerSecond.every((each) => each !== null))
      throw unreadable('a result of openssl speed is not a number above 0', result);
    const value = bytesPerSecond.reduce((sum, each) => sum + each, 0) / 1e6;
    const version = /^[A-Za-z]*SSL (\d[\w.-]{0,30})/m.exec(result.stdout)?.[1] ?? null;
    return { version, readings: [{ ...metric, device: null, value }] };
  },
};
