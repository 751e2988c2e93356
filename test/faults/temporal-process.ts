import { Connection } from '@temporalio/client';
import { join } from 'node:path';
import { temporalCli } from '../support/temporal-cli.ts';
import { startProgram } from './owned-program.ts';
import { eventually } from '../support/processes.ts';
import { freePort } from '../support/ports.ts';
import { bareEnvironment } from '../support/environment.ts';

/** A Temporal dev server that can be killed and restarted with its database. */
export interface TemporalProcess {
  address: string;
  kill(): Promise<void>;
  /** It stops answering, but keeps its connections, until it is continued. */
  freeze(): void;
  thaw(): void;
  /** Starts it again after a kill, with the same port and database. Resolves when it answers. */
  restart(): Promise<void>;
}

export async function startTemporalProcess(folder: string): Promise<TemporalProcess> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const pragmas = ['journal_mode=wal', 'synchronous=normal'].flatMap((each) => ['--sqlite-pragma', each]);
  const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), ...pragmas];
  const where = { cwd: folder, env: bareEnvironment({}), logFile: join(folder, 'temporal.log') };
  const launch = () => startProgram([temporalCli!, ...args, '--db-filename', join(folder, 'temporal.db')], where);
  let server = launch();
  await answers(address);
  return {
    address,
    async kill() {
      server.kill('SIGKILL');
      await server.ended;
    },
    freeze: () => server.kill('SIGSTOP'),
    thaw: () => server.kill('SIGCONT'),
    async restart() {
      server = launch();
      await answers(address);
    },
  };
}

/** A starting server answers before all its services are ready. */
async function answers(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '30s' });
  try {
    const ask = async (): Promise<boolean> =>
      connection.withDeadline(Date.now() + 30_000, () =>
        connection.workflowService.describeNamespace({ namespace: 'default' }).then(
          () => true,
          () => false
        )
      );
    await eventually(ask, (hasAnswered) => hasAnswered);
  } finally {
    await connection.close();
  }
}
