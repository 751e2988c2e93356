import type { CpuTime } from '../domain/measurements/machine-state.ts';

/**
 * The first line of /proc/stat, https://man7.org/linux/man-pages/man5/proc_stat.5.html: user, nice, system, idle,
 * iowait, irq, softirq, steal; the guest time that follows is in user already. Null for anything else.
 */
export function readCpuTime(line: string): CpuTime | null {
  if (!/^cpu +\d{1,15}(?: \d{1,15}){3,9}$/.test(line)) return null;
  const ticks = line.split(/ +/).slice(1, 9).map(Number);
  const [, , , idle = 0, iowait = 0, , , steal = 0] = ticks;
  return { total: ticks.reduce((sum, each) => sum + each, 0), idle: idle + iowait, steal };
}
