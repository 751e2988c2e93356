import { readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { keepDemoFolder, makeDemoFolder } from '../../src/demo/demo-folder.ts';
import { identify } from '../../src/processes/process-identity.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let parent: string;
beforeEach(() => {
  parent = temporaryFolder('demo-folder');
});

test('the folder of a killed demo is removed by the next one; running and kept ones stay', async () => {
  const [killed, kept, living] = [
    await makeDemoFolder(parent),
    await makeDemoFolder(parent),
    await makeDemoFolder(parent),
  ];
  const reused = { ...identify(process.pid), startedAt: '1' }; // the same process id, but an earlier process
  await writeFile(join(killed, 'owner.json'), JSON.stringify(reused));
  await writeFile(join(kept, 'id_ed25519'), 'a key');
  await writeFile(join(kept, 'demo.log'), 'a log');
  await keepDemoFolder(kept);

  const next = await makeDemoFolder(parent);
  expect((await readdir(parent)).sort()).toEqual([kept, living, next].map((path) => basename(path)).sort());
  expect(await readdir(kept)).toEqual(['demo.log']);
});
