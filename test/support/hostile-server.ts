/** A server that accepts the login and then answers what a test wants. */
import type { Connection, ServerChannel } from 'ssh2';
import { machineCommand } from '../../src/benchmarks/machine.ts';
import { execFileSync } from 'node:child_process';
import { acceptEveryLogin, startSsh2Server, type Ssh2Server } from './ssh2-server.ts';

/** A request to the server: a script of the job protocol, or the command that reads the machine facts. */
export interface ScriptRequest {
  scriptName: string;
  /** The nonce that the answer must contain. */
  nonce: string;
  channel: ServerChannel;
  /** Sends a well-formed answer: a line with the values, then the body. */
  say(values: string, body?: string): void;
}

export interface HostileServer extends Omit<Ssh2Server, 'close'> {
  /** The names of the requested scripts, in order. */
  readonly scriptNames: string[];
  close(): Promise<void>;
}

/**
 * An SSH server that accepts every login and speaks the job protocol. `answer` handles the requests; a request that it
 * ignores gets no answer. Machine facts (`look`) are answered correctly unless `answer` returns `taken`.
 */
export async function startHostileServer(
  answer: (request: ScriptRequest) => 'taken' | undefined
): Promise<HostileServer> {
  const scriptNames: string[] = [];
  const clients = new Set<Connection>();
  const server = await startSsh2Server((client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    acceptEveryLogin(client);
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec) => readScript(acceptExec()));
    });
  });

  function readScript(channel: ServerChannel): void {
    let script = '';
    channel.on('error', () => {});
    channel.on('data', (chunk: Buffer) => {
      script += chunk.toString('latin1');
      const scriptName = /\n(probe|start|poll|cancel|clean|main)\n(?:\[.*\n)?[)}]\n(?:(?:\[|case ).*\n)?$/.exec(
        script
      )?.[1];
      if (scriptName === undefined) return;
      const whole = script;
      script = '';
      if (scriptName === 'main') look(channel, whole);
      else request(channel, scriptName, /\bNONCE='?([0-9a-f]{32})/m.exec(whole)![1]!);
    });
  }

  function request(channel: ServerChannel, scriptName: string, nonce: string): void {
    scriptNames.push(scriptName);
    answer({
      ...{ scriptName, nonce, channel },
      say: (values, body = '') => {
        channel.write(`\n@@${nonce} ${values}\n${body}`);
      },
    });
  }

  function look(channel: ServerChannel, script: string): void {
    scriptNames.push('look');
    const nonce = /@@([0-9a-f]{32}) begin/.exec(script)![1]!;
    const own = { scriptName: 'look', nonce, channel, say: () => {} };
    if (answer(own) === 'taken') return;
    const machine = execFileSync('/bin/sh', ['-c', machineCommand([])], { encoding: 'utf8' });
    channel.stderr.write(`\n@@${nonce} begin 4711\n`);
    channel.write(`\n@@${nonce} begin 4711\n${machine}\n@@${nonce} end 0\n`);
    channel.exit(0);
    channel.end();
  }

  return {
    ...server,
    scriptNames,
    async close() {
      for (const client of clients) client.end();
      server.close();
      await Promise.resolve();
    },
  };
}
