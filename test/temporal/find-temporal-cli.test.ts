import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { findTemporalCli } from '../../src/temporal/find-temporal-cli.ts';
import { eventually } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
let cacheDir: string;
let said: string[];
beforeEach(() => {
  folder = temporaryFolder('find');
  cacheDir = join(folder, 'cache');
  said = [];
});

async function program(path: string, text = '#!/bin/sh\n'): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

/** Hides `temporal` and `go` of this machine, and temporal.download. */
async function find(env: Record<string, string> = {}, extraPath = ''): Promise<string> {
  const system = join(folder, 'system');
  await mkdir(system, { recursive: true });
  return findTemporalCli({
    env: {
      PATH: `${join(folder, 'bin')}:${extraPath}:${system}:/usr/bin:/bin`,
      HTTPS_PROXY: 'http://127.0.0.1:9',
      ...env,
    },
    cacheDir,
    say: (line) => said.push(line),
  });
}

describe('the Temporal CLI', () => {
  test('is the one in TEMPORAL_CLI, before any other', async () => {
    await program('bin/temporal');
    const chosen = await program('chosen');
    expect(await find({ TEMPORAL_CLI: chosen })).toBe(chosen);
  });

  test('named by TEMPORAL_CLI must be executable', async () => {
    await program('bin/temporal');
    await writeFile(join(folder, 'text'), '');
    for (const file of [join(folder, 'text'), join(folder, 'nowhere'), folder]) {
      await expect(find({ TEMPORAL_CLI: file })).rejects.toMatchObject({
        kind: 'InvalidConfig',
        message: `TEMPORAL_CLI names ${file}, which is not an executable file.`,
      });
    }
  });

  test('is searched on the PATH before the cache', async () => {
    const cached = await program('cache/temporal-v1.5.1');
    expect(await find()).toBe(cached);
    const onPath = await program('bin/temporal');
    expect(await find()).toBe(onPath);
    expect(said).toEqual([]);
  });

  test('is built by go if it cannot be downloaded, once for several processes', async () => {
    const calls = join(folder, 'calls');
    await program(
      'bin/go',
      `#!/bin/sh\necho "$@" >>${calls}\nwhile ! [ -e ${calls}.go ]; do sleep 0.05; done\nprintf '#!/bin/sh\\n' >"$GOBIN/temporal"\nchmod 755 "$GOBIN/temporal"\n`
    );
    const searches = Promise.all([find(), find(), find()]);
    const waiting = () => said.filter((line) => line.includes('waiting for it')).length;
    await eventually(waiting, (count) => count === 2);
    await writeFile(`${calls}.go`, '');
    const found = await searches;
    expect(new Set(found)).toEqual(new Set([join(cacheDir, 'temporal-v1.5.1')]));
    expect(await readFile(calls, 'utf8')).toBe('install github.com/temporalio/cli/cmd/temporal@v1.5.1\n');
    expect(said.filter((line) => line.includes('about 3 minutes'))).toHaveLength(1);
    expect(await readdir(cacheDir)).toEqual(['temporal-v1.5.1']);
  });

  test('that cannot be found or built is one error that says what was tried and what to do', async () => {
    await program('bin/go', '#!/bin/sh\necho "dial tcp: no route to host" >&2\nexit 1\n');
    const error = await find().catch((error: unknown) => error as Error);
    expect(error).toMatchObject({ kind: 'InvalidConfig' });
    expect((error as Error).message).toMatch(
      /its download failed \(.+\), and building it failed \(dial tcp: no route to host\)\. Install version v1\.5\.1 or later .+ set TEMPORAL_CLI/
    );
    expect(await readdir(cacheDir)).toEqual([]);
  });

  test('without go says so', async () => {
    await expect(find({ PATH: join(folder, 'bin') + ':/usr/bin:/bin' })).rejects.toMatchObject({
      message: expect.stringContaining('there is no `go` on the PATH') as string,
    });
  });
});
