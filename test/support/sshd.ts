/** A real sshd, with its account, keys and known_hosts. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { temporaryFolder } from './temporary-folder.ts';
import { freePort } from './ports.ts';

const binary = '/usr/sbin/sshd';

/** All running sshds; they are killed when this process ends. */
const listening = new Set<ChildProcess>();
process.once('exit', () => {
  for (const sshd of listening) sshd.kill('SIGKILL');
});

export interface SshdOptions {
  /** Lines of sshd_config; they override ours, because the first value of a key counts. */
  config?: string[];
  listenAddresses?: string[];
  hostKeyTypes?: ('ed25519' | 'ecdsa' | 'rsa')[];
  /** The port of an earlier sshd, to start it again. */
  port?: number;
  /** Another sshd with the same authorized key and port; this one uses its folder and log. */
  beside?: Sshd;
  /** A program, with its arguments, that finally runs sshd. */
  through?: string[];
}

/** A real sshd in the foreground, with its own keys and folder. */
export interface Sshd {
  port: number;
  /** The user that runs the tests: the only one that can log in. */
  user: string;
  /** The authorized private key. */
  keyFile: string;
  /** Contains the host keys for all addresses of the sshd. */
  knownHostsFile: string;
  /** `ssh-ed25519 AAAA...`, one for each key type. */
  hostKeys: string[];
  dir: string;
  /** The log so far. */
  log(): string;
  /** Cuts all connections at once, as a crash does; the server stays up. Returns the number of killed processes. */
  killSessions(): number;
  /** The id of the listening process. */
  pid(): number;
  /** Sends SIGKILL to it and all its sessions. */
  crash(): Promise<void>;
  /** Starts it again after a crash, unchanged. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The reason why no sshd can be started here; null if one can. */
export function sshdAvailable(): string | null {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (!existsSync(binary)) return `${binary} is not installed`;
  if (process.getuid?.() === 0 && isLocked(userInfo().username)) return 'the account of root is locked';
  return null;
}

/** For `describe.skipIf`. If `CI` is `true`, nothing is skipped and a missing sshd fails the tests. */
export function skipsWithoutSshd(): boolean {
  return sshdAvailable() !== null && process.env['CI'] !== 'true';
}

/**
 * Gives the account a home, unless the lines set one: its own login files (pyenv and the like) take 0.1 s for each command.
 * sshd reads the first line with SetEnv only.
 */
function withHome(config: readonly string[], home: string): string[] {
  const index = config.findIndex((line) => line.startsWith('SetEnv '));
  if (index === -1) return [...config, `SetEnv HOME=${home}`];
  return config.map((line, each) => (each === index && !line.includes(' HOME=') ? `${line} HOME=${home}` : line));
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const { config = [], listenAddresses = ['127.0.0.1'], hostKeyTypes = ['ed25519'], through = [], beside } = options;
  const dir = temporaryFolder('sshd', beside?.dir);
  const user = userInfo().username;
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });

  const home = path.join(dir, 'home');
  mkdirSync(home, { mode: 0o700 });

  const keyFile = beside?.keyFile ?? path.join(dir, 'client_key');
  if (beside === undefined) generateKey(keyFile);
  const authorizedKeys = path.join(dir, 'authorized_keys');
  writeFileSync(authorizedKeys, readFileSync(`${keyFile}.pub`));
  const hostKeyFiles = hostKeyTypes.map((type) => path.join(dir, `host_${type}`));
  hostKeyTypes.forEach((type, index) => generateKey(hostKeyFiles[index]!, type));
  const hostKeys = hostKeyFiles.map((file) => readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' '));

  const port = options.port ?? beside?.port ?? (await freePort(listenAddresses[0]));
  const knownHostsFile = path.join(dir, 'known_hosts');
  const names = listenAddresses.map((address) => `[${address}]:${port}`).join(',');
  writeFileSync(knownHostsFile, hostKeys.map((key) => `${names} ${key}\n`).join(''));
  const configFile = path.join(dir, 'sshd_config');
  const lines = [
    ...withHome(config, home),
    `Port ${port}`,
    ...listenAddresses.map((address) => `ListenAddress ${address}`),
    ...hostKeyFiles.map((file) => `HostKey ${file}`),
    `AuthorizedKeysFile ${authorizedKeys}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'MaxStartups 4000:30:8000',
    'UseDNS no',
    'LogLevel VERBOSE',
  ];
  writeFileSync(configFile, `${lines.join('\n')}\n`);

  const logFile = path.join(beside?.dir ?? dir, 'sshd.log');
  if (beside === undefined) writeFileSync(logFile, '');
  let sshd: ChildProcess;
  let exited: Promise<unknown>;
  const launch = async () => {
    const [program, ...args] = [...through, binary, '-D', '-e', '-f', configFile];
    sshd = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    exited = once(sshd, 'exit');
    listening.add(sshd);
    await new Promise<void>((resolve, reject) => {
      let addresses = 0;
      createInterface({ input: sshd.stderr! }).on('line', (line) => {
        appendFileSync(logFile, `${line}\n`);
        if (line.startsWith('Server listening on') && ++addresses === listenAddresses.length) resolve();
      });
      void exited.then(() => reject(new Error(`sshd did not start: ${readFileSync(logFile, 'utf8')}`)));
    });
  };
  await launch();

  const killSessions = () => {
    const sessions = childrenOf(sshd.pid!).flatMap((child) => [child, ...childrenOf(child).filter(isSshd)]);
    for (const pid of sessions) process.kill(pid, 'SIGKILL');
    return sessions.length;
  };
  const end = async (signal: NodeJS.Signals) => {
    listening.delete(sshd);
    sshd.kill(signal);
    await exited;
  };
  return {
    port,
    user,
    keyFile,
    knownHostsFile,
    hostKeys,
    dir,
    log: () => readFileSync(logFile, 'utf8'),
    killSessions,
    pid: () => sshd.pid!,
    async crash() {
      killSessions();
      await end('SIGKILL');
    },
    restart: launch,
    stop: () => end('SIGTERM'),
  };
}

/** Several sshds with their own host keys, like real machines, and everything else in common; for fleets. */
export async function startSshds(addresses: readonly string[], options: SshdOptions = {}): Promise<Sshd> {
  const first = await startSshd({ ...options, listenAddresses: addresses.slice(0, 1) });
  const others = await Promise.all(
    addresses.slice(1).map((address) => startSshd({ ...options, listenAddresses: [address], beside: first }))
  );
  const all = [first, ...others];
  appendFileSync(first.knownHostsFile, others.map((each) => readFileSync(each.knownHostsFile, 'utf8')).join(''));
  return {
    ...first,
    killSessions: () => all.reduce((sum, each) => sum + each.killSessions(), 0),
    async crash() {
      await Promise.all(all.map((each) => each.crash()));
    },
    async restart() {
      await Promise.all(all.map((each) => each.restart()));
    },
    async stop() {
      await Promise.all(others.map((each) => each.stop()));
      await first.stop();
    },
  };
}

/** A key pair with or without a passphrase; the public key is `<file>.pub`. */
export function generateKey(file: string, type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519', passphrase = ''): void {
  const size = type === 'rsa' ? ['-b', '2048'] : [];
  execFileSync('ssh-keygen', ['-q', '-t', type, ...size, '-N', passphrase, '-C', 'fleetmark-test', '-f', file]);
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}

function isSshd(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd');
  } catch {
    return false;
  }
}

/** Without PAM, sshd refuses accounts whose password is locked (`!`). */
function isLocked(user: string): boolean {
  const line = readFileSync('/etc/shadow', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  return line?.split(':')[1]?.startsWith('!') ?? false;
}
