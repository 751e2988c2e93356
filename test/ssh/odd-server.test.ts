import { pino } from 'pino';
import type { Algorithms, Connection, ServerChannel } from 'ssh2';
import { describe, expect, test, vi, onTestFinished } from 'vitest';
import { SHELL_COMMAND_LINE } from '../../src/ssh/connections/environment.ts';
import type { SshDependencies } from '../../src/ssh/create-ssh.ts';
import { accessTo, sshTo } from '../support/access.ts';
import { acceptEveryLogin, startSsh2Server } from '../support/ssh2-server.ts';

/** Replaces the execution of a command. */
type OnExec = (accept: () => ServerChannel, reject: () => void, connection: Connection) => void;

interface OddServer {
  onExec?: OnExec;
  /** Called instead of opening a session. */
  onSession?: () => void;
  onReady?: (connection: Connection) => void;
  algorithms?: Algorithms;
}

describe('an SSH server that accepts our login', () => {
  const serverThat = (onExec: OnExec) => oddServer({ onExec });

  async function oddServer(
    { onExec, onSession, onReady, algorithms = {} }: OddServer,
    more: Partial<SshDependencies> = {}
  ): Promise<ReturnType<typeof sshTo> & { commands: string[] }> {
    const commands: string[] = [];
    const server = await startSsh2Server(
      (connection) => {
        acceptEveryLogin(connection);
        connection.on('ready', () => onReady?.(connection));
        connection.on('session', (accept) => {
          if (onSession) return onSession();
          accept().on('exec', (acceptExec, reject, { command }) => {
            commands.push(command);
            onExec?.(acceptExec, reject, connection);
          });
        });
      },
      { algorithms }
    );
    onTestFinished(() => server.close());
    const ssh = sshTo(accessTo(server), more);
    onTestFinished(() => ssh.close());
    return { ...ssh, commands };
  }

  /** Begins to answer like our script and leaves the rest to `after`. `say` writes a line `@@NONCE ...` to stdout and stderr. */
  const answering =
    (after: (channel: ServerChannel, say: (line: string) => void) => void): OnExec =>
    (accept) => {
      const channel = accept();
      channel.on('error', () => {});
      channel.once('data', (script: Buffer) => {
        const [, nonce] = /\bNONCE=([0-9a-f]+)$/m.exec(script.toString())!;
        const say = (line: string) => {
          for (const stream of [channel, channel.stderr]) stream.write(`\n@@${nonce} ${line}\n`);
        };
        channel.write('motd');
        say('began=1');
        channel.write('score: 80\n');
        after(channel, say);
      });
    };

  test('sees only our shell on its command line, never the command', async () => {
    const { run, commands } = await serverThat(
      answering((channel, say) => {
        say('status=0');
        channel.exit(0);
        channel.end();
      })
    );
    expect(await run('secret --token 1234')).toMatchObject({ exitCode: 0, stdout: 'score: 80\n' });
    expect(commands).toEqual([SHELL_COMMAND_LINE]);
  });

  test('loses the command if it closes the channel without a status', async () => {
    const { run } = await serverThat(answering((channel) => channel.close()));
    await expect(run('true')).rejects.toMatchObject({ kind: 'ConnectionLost' });
  });

  test('loses the command if it closes the connection half-way', async () => {
    const { run } = await serverThat((accept, reject, connection) =>
      answering(() => connection.end())(accept, reject, connection)
    );
    await expect(run('true')).rejects.toMatchObject({
      kind: 'ConnectionLost',
      message: expect.stringContaining('the connection was lost while the command ran'),
    });
  });

  test.each([0, 'KILL'])('loses the command if its shell ends by %s before the command does', async (how) => {
    const { run } = await serverThat(
      answering((channel) => {
        if (typeof how === 'number') channel.exit(how);
        else channel.exit(how as never, false as never, '' as never);
        channel.end();
      })
    );
    await expect(run('true')).rejects.toMatchObject({
      kind: 'ConnectionLost',
      message: expect.stringContaining('the connection was lost while the command ran'),
    });
  });

  test('does not delay us if it reports the end of the command but keeps the channel open', async () => {
    const { run } = await serverThat(answering((_channel, say) => say('status=0')));
    expect(await run('true')).toMatchObject({ exitCode: 0 });
  });

  test.each(['status=', 'status=ok', 'status=1e3', 'outlen=0'])(
    'gives an invalid answer if it answers %j',
    async (line) => {
      const { run } = await serverThat(answering((_channel, say) => say(line)));
      await expect(run('true')).rejects.toMatchObject({
        kind: 'HostUnsuitable',
        message: expect.stringContaining('the server sent an invalid answer to the script "inspect"'),
      });
    }
  );

  test('is unsuitable if it refuses to run anything', async () => {
    const { run } = await serverThat((_accept, reject) => reject());
    await expect(run('true')).rejects.toMatchObject({
      kind: 'HostUnsuitable',
      message: 'its SSH server refused to open a session: Unable to exec',
    });
  });

  test('is given up after some attempts if it closes the connection instead of running anything', async () => {
    const { run, commands } = await serverThat((_accept, _reject, connection) => connection.end());
    await expect(run('true')).rejects.toMatchObject({
      kind: 'HostUnsuitable',
      message: expect.stringContaining('accepts the login and closes the connection before a shell starts, 6 times'),
    });
    expect(commands.length).toBeLessThan(10);
  });

  test('is unsuitable if it supports only compression, and the worker survives', async () => {
    const { run } = await oddServer({ algorithms: { compress: ['zlib', 'zlib@openssh.com'] } });
    await expect(run('true')).rejects.toMatchObject({
      kind: 'HostUnsuitable',
      message: expect.stringContaining(
        'no common compression algorithm: it offers zlib, zlib@openssh.com; supported are none'
      ),
    });
  });

  describe.each([
    ['confirms no channel', { onSession: () => {} }],
    ['does not confirm that our shell runs', { onExec: () => {} }],
  ])('and %s', (_name, server) => {
    test('is unresponsive, and its connection is closed', async () => {
      let ended = false;
      const onReady = (connection: Connection) => connection.on('close', () => (ended = true));
      const { run } = await oddServer({ ...server, onReady }, { openMs: 300 });
      await expect(run('true')).rejects.toMatchObject({
        kind: 'ServerUnresponsive',
        message: 'its SSH server did not open a session within 0.3 s',
      });
      await vi.waitFor(() => expect(ended).toBe(true));
    });

    test('is unresponsive for every waiting command', async () => {
      const { run } = await oddServer(server, { openMs: 300 });
      const ends = await Promise.allSettled(Array.from({ length: 5 }, () => run('true')));
      expect(ends).toMatchObject(ends.map(() => ({ status: 'rejected', reason: { kind: 'ServerUnresponsive' } })));
    });

    test('is unresponsive for detached jobs', async () => {
      const { jobs } = await oddServer(server, { openMs: 300 });
      const { signal } = new AbortController();
      await expect(jobs.probeJobs({ serverId: 'web-7', signal })).rejects.toMatchObject({ kind: 'ServerUnresponsive' });
    });
  });

  test('writes a bounded log if it floods ssh2 with packets', async () => {
    const lines: { ssh2?: string[]; msg: string }[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
    const onReady = (connection: Connection) => {
      for (let packet = 0; packet < 2000; packet++) ignore(connection);
    };
    const refusing: OnExec = (_accept, reject) => reject();
    const { run } = await oddServer({ onExec: refusing, onReady }, { log });
    await expect(run('true')).rejects.toMatchObject({ kind: 'HostUnsuitable' });
    expect(lines.flatMap(({ ssh2 = [] }) => ssh2)).toHaveLength(500);
    expect(lines.filter(({ msg }) => msg.includes('no more lines of ssh2'))).toHaveLength(1);
  });

  test('is disconnected if its output never ends', async () => {
    const { run } = await serverThat(
      answering((channel) => {
        const print = () => {
          while (channel.writable && channel.write(Buffer.alloc(32_000, 'a')));
          if (channel.writable) channel.once('drain', print);
        };
        print();
      })
    );
    await expect(run('yes')).rejects.toMatchObject({
      kind: 'UnreadableOutput',
      message: expect.stringContaining('printed more than 256 KiB'),
    });
  });
});

/** Sends SSH_MSG_IGNORE, for which ssh2 has no API. */
function ignore(connection: Connection): void {
  const { _protocol: protocol } = connection as unknown as { _protocol: Protocol };
  const message = Buffer.from([2, 0, 0, 0, 0]);
  const packet = protocol._packetRW.write.alloc(message.length);
  message.copy(packet, protocol._packetRW.write.allocStart);
  protocol._cipher.encrypt(protocol._packetRW.write.finalize(packet));
}

interface Protocol {
  _packetRW: { write: { allocStart: number; alloc(size: number): Buffer; finalize(packet: Buffer): Buffer } };
  _cipher: { encrypt(packet: Buffer): void };
}
