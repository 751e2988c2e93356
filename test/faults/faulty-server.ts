import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { commandLine } from '../support/processes.ts';
import { startSshd, type Sshd } from '../support/sshd.ts';

/** A server of a fleet, with its own sshd. */
export interface FaultyServer {
  serverId: string;
  sshd: Sshd;
  /** The proxy in front of the sshd. */
  proxy: FaultProxy;
  /** The address for workers: the proxy, or the sshd itself if it has its own network. */
  host: string;
  port: number;
  /** Fills the disk for jobs; `emptyDisk` frees it. */
  fillDisk(): void;
  emptyDisk(): void;
  /** New shells hang in their login files until `comeBack`. */
  hangShells(): void;
  resumeShells(): void;
  /** Drops all packets in both directions until `mendLink`. */
  cutLink(): void;
  restoreLink(): void;
  /** Folders that jobs have left behind. If servers share the folder: only those of these workflow runs. */
  jobFolders(runs: ReadonlySet<string>): string[];
  /** Processes with a job of this server in their environment. */
  jobProcesses(): number[];
  /** The runner of each job. */
  runners(): number[];
  stop(): Promise<void>;
}

export interface FaultyServerOptions {
  serverId: string;
  folder: string;
  /** The address of the proxy. */
  address: string;
  /** The size of a separate file system for jobs. Needs {@link canUnshare}. */
  diskMib?: number;
  /** The number of its own network, unique in this process. Needs {@link canUnshare}. */
  network?: number;
}

/** bash, the login shell, reads this file for every command. */
const HANGS = 'while [ -e ~/.bashrc ]; do sleep 0.2; done\n';
const LINK = 'faults0';
const FAR_PORT = 2222;

/** Whether a server can have its own mounts and network: root may create them, but not in every container. */
export const canUnshare = spawnSync('unshare', ['--mount', '--net', 'ip', 'link']).status === 0;

export async function startFaultyServer(options: FaultyServerOptions): Promise<FaultyServer> {
  const { serverId, folder, address, network } = options;
  const disk = join(folder, 'var-tmp');
  const home = join(folder, 'home');
  for (const each of [disk, home]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const mark = `FLEETMARK_MARKS=${folder}`;
  const host = network === undefined ? '127.0.0.1' : linkOf(network).far;
  const sshd = await startSshd({
    config: [`SetEnv ${mark} HOME=${home}`],
    listenAddresses: [host],
    ...(network === undefined ? {} : { port: FAR_PORT }),
    through: canUnshare ? unshared(options, disk) : [],
  });
  const proxy = await startFaultProxy(address, { host, port: sshd.port });
  const varTmp = (): string => (canUnshare ? `/proc/${sshd.pid()}/root/var/tmp` : '/var/tmp');
  const filler = (): string => join(varTmp(), 'filler');
  const setLink = (state: 'up' | 'down'): void => {
    execFileSync('nsenter', ['--target', String(sshd.pid()), '--net', 'ip', 'link', 'set', LINK, state]);
  };
  const jobProcesses = (): number[] =>
    readdirSync('/proc')
      .filter((pid) => hasJob(pid, mark))
      .map(Number);
  return {
    serverId,
    sshd,
    proxy,
    ...(network === undefined ? { host: proxy.address, port: proxy.port } : { host, port: FAR_PORT }),
    fillDisk: () => fill(filler()),
    emptyDisk: () => rmSync(filler(), { force: true }),
    hangShells: () => writeFileSync(join(home, '.bashrc'), HANGS),
    resumeShells: () => rmSync(join(home, '.bashrc'), { force: true }),
    cutLink: () => setLink('down'),
    restoreLink: () => setLink('up'),
    jobFolders(runs) {
      const all = readdirSync(varTmp()).filter((name) => /^\.fleetmark\.\d+$/.test(name));
      const folders = all.flatMap((name) => readdirSync(join(varTmp(), name))).filter((name) => !name.startsWith('.'));
      return canUnshare ? folders : folders.filter((name) => runs.has(name.split('.')[0]!));
    },
    jobProcesses,
    runners: () => jobProcesses().filter((pid) => isLeader(pid) && commandLine(pid).includes('/runner.')),
    async stop() {
      await proxy.close();
      await sshd.stop();
    },
  };
}

/** A command that gives an sshd its own /var/tmp and, optionally, network; both disappear with its last process. */
function unshared({ diskMib, network }: FaultyServerOptions, disk: string): string[] {
  const ours = `nsenter --target ${process.pid} --net`;
  const link = linkOf(network ?? 0);
  const setUp = [
    diskMib === undefined ? `mount --bind ${disk} /var/tmp` : `mount -t tmpfs -o size=${diskMib}m none /var/tmp`,
    ...(network === undefined
      ? []
      : [
          'ip link set lo up',
          `ip link add ${LINK} type veth peer name ${link.name} netns ${process.pid}`,
          `ip addr add ${link.far}/30 dev ${LINK}`,
          `ip link set ${LINK} up`,
          `${ours} ip addr add ${link.near}/30 dev ${link.name}`,
          `${ours} ip link set ${link.name} up`,
        ]),
    'exec "$@"',
  ];
  const own = network === undefined ? ['--mount'] : ['--mount', '--net'];
  return ['unshare', ...own, '/bin/sh', '-c', setUp.join(' && '), 'sh'];
}

/** Addresses reserved for network benchmarks (RFC 2544). `near` is in the network of this machine. */
function linkOf(network: number): { name: string; near: string; far: string } {
  const subnet = `198.18.${process.pid % 256}`;
  return {
    name: `fm${process.pid}-${network}`,
    near: `${subnet}.${4 * network + 1}`,
    far: `${subnet}.${4 * network + 2}`,
  };
}

function fill(file: string): void {
  for (const bytes of [2 ** 20, 4096]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(bytes), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

function hasJob(pid: string, mark: string): boolean {
  if (!/^\d+$/.test(pid)) return false;
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return environment.includes(mark) && environment.some((each) => each.startsWith('FLEETMARK_RUNNER='));
  } catch {
    return false; // it has ended
  }
}

/** Whether a process leads its process group. */
function isLeader(pid: number): boolean {
  try {
    const [, , group] = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(group) === pid;
  } catch {
    return false;
  }
}
