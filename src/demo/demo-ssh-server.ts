import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerChannel } from 'ssh2';
import { killGroup } from '../processes/run-program.ts';
import type { ServerCpu } from './server-cpu.ts';

export interface DemoSshServerOptions {
  /** Private host key, OpenSSH format. */
  hostKey: string;
  user: string;
  /** The one public key that may log in. */
  authorizedKey: ParsedKey;
  /** Working folder and HOME of its commands. */
  home: string;
  env: NodeJS.ProcessEnv;
  cpu: ServerCpu;
}

export interface DemoSshServer {
  port: number;
  /** Kills every process group that its commands lead. */
  killCommands(): void;
}

/**
 * Starts an SSH server on a free port of 127.0.0.1 that runs commands as this user. Nothing else is available (no
 * interactive shell, terminal, subsystem or forwarding): ssh2 rejects requests without a listener.
 */
export async function startDemoSshServer(options: DemoSshServerOptions): Promise<DemoSshServer> {
  const groups = new Set<number>();
  const ssh = new ssh2.Server({ hostKeys: [options.hostKey] }, (connection) => {
    connection.on('error', () => undefined); // it closes next
    connection.on('authentication', (attempt) => authenticate(attempt, options));
    connection.on('ready', () => acceptCommands(connection, options, groups));
  });
  // Like sshd: with Nagle's algorithm, each small answer would wait for the previous acknowledgement.
  const listener = createServer({ noDelay: true }, (socket) => ssh.injectSocket(socket));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    killCommands: () => groups.forEach((group) => killGroup(group)),
  };
}

function authenticate(attempt: AuthContext, { user, authorizedKey }: DemoSshServerOptions): void {
  const isAllowed =
    attempt.method === 'publickey' &&
    attempt.username === user &&
    attempt.key.algo === authorizedKey.type &&
    authorizedKey.getPublicSSH().equals(attempt.key.data) &&
    // A request without a signature only asks whether the key is acceptable.
    (!attempt.signature || authorizedKey.verify(attempt.blob!, attempt.signature, attempt.hashAlgo) === true);
  if (isAllowed) attempt.accept();
  else attempt.reject(['publickey']);
}

function acceptCommands(connection: Connection, options: DemoSshServerOptions, groups: Set<number>): void {
  connection.on('session', (accept) => {
    accept().on('exec', (acceptExec, _reject, { command }) => {
      const channel = acceptExec();
      channel.on('error', () => undefined);
      const start = (cpu: number) => {
        const child = startCommand(command, cpu, options);
        const leader = child.pid;
        if (leader === undefined) return child;
        groups.add(leader);
        child.once('exit', () => groups.delete(leader));
        return child;
      };
      void runOnChannel(channel, options.cpu, start);
    });
  });
}

/** In a new session, as with sshd: taskset executes the shell, which then leads the session. */
function startCommand(command: string, cpu: number, { home, env }: DemoSshServerOptions): ChildProcess {
  return spawn('taskset', ['-c', String(cpu), '/bin/sh', '-c', command], { cwd: home, env, detached: true });
}

/** Like sshd: when the channel closes, the pipes are closed, but the command is not killed. */
async function runOnChannel(
  channel: ServerChannel,
  cpu: ServerCpu,
  start: (cpu: number) => ChildProcess
): Promise<void> {
  let isOpen = true;
  channel.once('close', () => (isOpen = false));
  try {
    const own = await cpu.enter();
    if (!isOpen) return;
    const child = start(own);
    const { stdin, stdout, stderr } = child;
    stdin!.on('error', () => undefined); // the command has closed its input
    channel.pipe(stdin!);
    stdout!.pipe(channel, { end: false });
    stderr!.pipe(channel.stderr, { end: false });
    channel.once('close', () => {
      for (const stream of [stdin!, stdout!, stderr!]) stream.destroy();
    });
    const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (signal === null) channel.exit(status ?? 255);
    else channel.exit(signal.replace(/^SIG/, ''), false);
  } catch (error) {
    if (isOpen) {
      channel.stderr.write(`${(error as Error).message}\n`);
      channel.exit(255);
    }
  } finally {
    cpu.leave();
    channel.end();
  }
}
