import { shellCommand } from '../domain/shell.ts';
import { sampleSeconds } from '../domain/time-limits.ts';
import { positive } from '../domain/untrusted.ts';
import { timedSummary } from './sampling.ts';
import type { Tool } from './tool.ts';
import { unreadable } from './unreadable.ts';

const metric = { metric: 'cpu.sha256_mb_per_second', unit: 'MB/s', better: 'higher' } as const;

/**
 * `openssl speed` of OpenSSL 1.1.1 and later, https://docs.openssl.org/master/man1/openssl-speed/: how many megabytes
 * (10^6) a second all CPUs together hash. It runs the CPU's SHA instructions: never to be compared with sysbench.
 */
export const openssl: Tool = {
  name: 'openssl',
  benchmark: 'cpu',
  metrics: [metric],
  timed: true,
  loadsAllCpus: true,
  executables: ['openssl'],
  packages: { 'apt-get': 'openssl', dnf: 'openssl', zypper: 'openssl', apk: 'openssl', pacman: 'openssl' },

  command(settings, machine) {
    // Without -elapsed it divides by CPU time and calls a throttled machine healthy.
    const how = ['-elapsed', '-mr', '-seconds', String(sampleSeconds(settings)), '-bytes', '16384'];
    const speed = ['openssl', 'speed', ...how, '-multi', String(machine.cpus), '-evp', 'sha256'];
    return `openssl version; ${shellCommand(speed)}`;
  },

  summary: (settings) => timedSummary('openssl', settings),

  parse(result) {
    // Each process reports in a "Got: +F:" line; the last line, without "Got:", is their sum.
    const total = [...result.stdout.matchAll(/^\+F:\d+:sha(?:2-)?256:(.*)$/gim)].at(-1);
    if (!total) throw unreadable('openssl speed printed no total ("+F:" line); 1.1.1 and later are supported', result);
    const bytesPerSecond = positive(total[1]!.trim());
    if (bytesPerSecond === null) throw unreadable('the total of openssl speed is not a number above 0', result);
    const version = /^[A-Za-z]*SSL (\d[\w.-]{0,30})/m.exec(result.stdout)?.[1] ?? null;
    return { version, readings: [{ ...metric, device: null, value: bytesPerSecond / 1e6 }] };
  },
};
