import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/domain/failures/failure.ts';
import { DETACHED_JOB_LIMITS } from '../../../src/ssh/jobs/limits.ts';
import { RemoteJob } from '../../../src/ssh/jobs/remote-job.ts';
import { isRunning } from '../../support/processes.ts';
import { hasSudo, LocalServer } from '../server-scripts/local-server.ts';

const never = new AbortController().signal;
const servers: LocalServer[] = [];
let counter = 0;

/** The failure of a job of this command, whose process writes its id to the file; and this id. */
async function failureOf(command: (file: string, server: LocalServer) => string, seconds: number, uid?: number) {
  const server = new LocalServer('dash', null, uid);
  servers.push(server);
  const { base, free, boot } = await server.probe();
  const jobId = `remote${process.pid}.${counter++}`;
  const host = { base: base!, freeKib: Number(free), bootId: boot! };
  const job = new RemoteJob((name, values) => server.ask(name, values), { jobId, host }, DETACHED_JOB_LIMITS);
  const file = join(server.dir, 'pid');
  const request = { serverId: 'web-7', jobId, host, signal: never, timeoutMs: seconds * 1000 };
  const view = await job.start({ ...request, command: command(file, server) }, 40);
  const failure = await job.result(view).then(
    () => null,
    (error: Failure) => error
  );
  return { failure, pid: Number(readFileSync(file, 'utf8')) };
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    const file = join(server.dir, 'pid');
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (pid > 0 && isRunning(pid)) process.kill(pid, 'SIGKILL');
    server.remove();
  }
});

describe('the failure of a job', () => {
  test.skipIf(!hasSudo())(
    'that has reached its time limit names what another user still runs (skipped without root and setpriv)',
    async () => {
      const load = (file: string, server: LocalServer) =>
        `${server.sudo()} /bin/sh -c 'echo $$ >${file}; exec /usr/bin/sleep 600' >/dev/null 2>&1`;
      const { failure, pid } = await failureOf(load, 1, 61_235);
      expect(failure).toMatchObject({ kind: 'BenchmarkTimedOut' });
      const left = `(still running: sleep (${pid} of another user); end it on the server)`;
      expect(failure!.message).toMatch(/^the command was still running after [\d.]+ s and could not be killed \(/);
      expect(failure!.message).toContain(left);
    }
  );

  test('that has reached its time limit says that it was killed if nothing is left', async () => {
    const { failure } = await failureOf((file) => `echo $$ >${file}; sleep 600`, 1);
    expect(failure!.message).toMatch(/^the command was still running after [\d.]+ s, and was killed$/);
  });

  test('whose output is still open says so, and does not blame the disk', async () => {
    const holder = (file: string) => `env -i "$(command -v setsid)" "$(command -v sleep)" 600 & echo $! >${file}
      while tr '\\000' '\\n' </proc/$!/environ | grep -q FLEETMARK; do :; done # until it has dropped our marks
      echo score: 5`;
    const { failure } = await failureOf(holder, 60);
    expect(failure).toMatchObject({ kind: 'UnreadableOutput' });
    expect(failure!.message).toMatch(/^the command ended with 0 after [\d.]+ s, but a process .* kept its output open/);
  });
});
