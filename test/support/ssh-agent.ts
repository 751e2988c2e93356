import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';
import { killWithThisProcess } from './processes.ts';

/** A real ssh-agent with the keys that a test adds. */
export interface SshAgent {
  socket: string;
  add(keyFile: string, passphrase?: string): void;
  stop(): Promise<void>;
}

export async function startAgent(): Promise<SshAgent> {
  const dir = temporaryFolder('agent');
  const socket = path.join(dir, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  killWithThisProcess(agent);
  await once(agent.stdout, 'data'); // prints its socket when it listens
  return {
    socket,
    add(keyFile, passphrase) {
      const askpass = path.join(dir, 'askpass');
      writeFileSync(askpass, `#!/bin/sh\necho '${passphrase ?? ''}'\n`, { mode: 0o700 });
      const environment = { ...process.env, SSH_AUTH_SOCK: socket, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' };
      execFileSync('ssh-add', ['-q', keyFile], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    },
    async stop() {
      const exited = once(agent, 'exit');
      agent.kill('SIGTERM');
      await exited;
    },
  };
}
