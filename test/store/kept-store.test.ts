import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepStore, type StoreSettings } from '../../src/store/kept-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { sampleEnd, sampleServer, sampleStart } from './sample-records.ts';

function settingsOf(more: Partial<StoreSettings> = {}): StoreSettings & { file: string } {
  const file = join(temporaryFolder('kept'), 'results.db');
  return { address: { kind: 'sqlite', file }, keepMs: null, file, ...more };
}

async function serversIn(file: string): Promise<number> {
  const store = await openStore({ kind: 'sqlite', file });
  const [run] = await store.listRuns({ limit: 1, since: null, failed: false }).finally(() => store.close());
  return run?.counts.pass ?? 0;
}

test('a file that was removed or replaced is made again: nothing is written into the removed one', async () => {
  const settings = settingsOf();
  const kept = keepStore(async () => settings);
  await kept.recordServer(sampleServer('web-1'));
  rmSync(settings.file);
  await kept.recordServer(sampleServer('web-2'));
  expect(await serversIn(settings.file)).toBe(1);
  renameSync(settings.file, `${settings.file}.old`);
  await Promise.all(['web-3', 'web-4'].map((serverId) => kept.recordServer(sampleServer(serverId))));
  expect(await serversIn(settings.file)).toBe(2);
  await kept.close();
});

test('a store that could not be opened is opened at the next write', async () => {
  const settings = settingsOf({ address: { kind: 'sqlite', file: '/nonexistent/results.db' } });
  const kept = keepStore(async () => settings);
  await expect(kept.recordServer(sampleServer('web-1'))).rejects.toThrow('/nonexistent/results.db cannot be used');
  settings.address = { kind: 'sqlite', file: settings.file };
  await kept.recordServer(sampleServer('web-1'));
  expect(await serversIn(settings.file)).toBe(1);
  await kept.close();
});

test('a write without a configured store is an error that names the setting, and is retried by Temporal', async () => {
  const kept = keepStore(async () => ({ address: null, keepMs: null }));
  expect(await kept.isConfigured()).toBe(false);
  await expect(kept.recordServer(sampleServer('web-1'))).rejects.toThrow('no results store (store:)');
});

test('old runs are removed when a run has ended, but not the run itself, however old', async () => {
  const settings = settingsOf({ keepMs: 24 * 60 * 60 * 1000 });
  const removed: number[] = [];
  const kept = keepStore(
    async () => settings,
    (count) => removed.push(count)
  );
  for (const day of ['01', '02']) {
    const about = { run: `nightly-${day}`, temporalRunId: day, startedAt: `2020-01-${day}T02:00:00.000Z` };
    const { startedAt: runStartedAt, ...key } = about;
    const server = { ...sampleServer('web-1', 8_000, key), runStartedAt };
    await kept.startRun(sampleStart(['web-1', 'web-2'], about));
    await kept.recordServer(server);
    await kept.recordRun(sampleEnd([server.row], [], about));
  }
  expect(removed).toEqual([0, 1]);
  await kept.close();
});
