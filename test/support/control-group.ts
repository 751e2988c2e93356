import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './processes.ts';

const cpu = ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct'].find((folder) => existsSync(folder));
let counter = 0;

/** A control group of this machine, for tests of servers that are in one. */
export interface ControlGroup {
  /** A program, with its arguments, that joins the group and becomes the one that follows. */
  through: string[];
  /** Once all its processes have ended. */
  remove(): Promise<void>;
}

/** One whose processes get so many CPUs together. Null: control groups of version 1 cannot be made here. */
export function cpuQuota(cpus: number): ControlGroup | null {
  if (cpu === undefined) return null;
  const folder = join(cpu, `fleetmark-test-${process.pid}-${counter++}`);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(cpus * 100_000));
  } catch {
    return null;
  }
  return {
    through: ['/bin/sh', '-c', `echo $$ >${folder}/cgroup.procs && exec "$0" "$@"`],
    async remove() {
      await eventually(() => isRemoved(folder), Boolean);
    },
  };
}

function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
  } catch {
    return !existsSync(folder);
  }
  return true;
}
