/** How a test limits the CPU time of a server. */
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './processes.ts';

const cpu = ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct'].find((folder) => existsSync(folder));
let counter = 0;

/** A control group of this machine, for servers inside one. */
export interface ControlGroup {
  /** A program, with its arguments, that joins the group and then runs the given command. */
  through: string[];
  /** Call it after all its processes have ended. */
  remove(): Promise<void>;
}

/** A group whose processes share this many CPUs. Null: control groups version 1 are not available here. */
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
