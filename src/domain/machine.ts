/** A graphics processor or accelerator that the kernel shows in sysfs, whether or not any tool sees it. */
export interface Gpu {
  /** PCI address, `0000:65:00.0`. */
  address: string;
  vendor: 'nvidia' | 'amd';
}

/** What a machine is, as far as choosing and judging its benchmarks needs it. Untrusted: the server said so. */
export interface Machine {
  /** `Debian GNU/Linux 12 (bookworm)` */
  system: string | null;
  kernel: string | null;
  cpuModel: string | null;
  /** CPUs that our user may use (`nproc`, which honours an affinity). */
  cpus: number;
  memoryMib: number | null;
  gpus: Gpu[];
  /** Those of the executables we asked for that are on its PATH. */
  executables: string[];
  /** Its package manager, for advice: `apt-get`, `dnf`, `zypper`, `apk`, `pacman`. */
  packageManager: string | null;
}
