import { expect, test } from 'vitest';
import { servers } from '../../../src/cli/verbs/servers.ts';
import { fakeTerminal } from '../terminal.ts';

async function listed(seed?: number): Promise<{ stdout: string; stderr: string }> {
  const terminal = fakeTerminal({ env: { HOME: '/nowhere' } });
  expect(await servers({ inventory: 'web-[1-100]', sample: 3, seed }, terminal)).toBe(0);
  return { stdout: terminal.written('stdout'), stderr: terminal.written('stderr') };
}

test('a sample of servers shows how to select the same ones again', async () => {
  const { stdout, stderr } = await listed();
  const [, seed] = /^random sample of 100 servers; select the same ones with --sample 3 --seed (\d+)\n$/.exec(stderr)!;
  expect(await listed(Number(seed))).toEqual({ stdout, stderr });
  expect(stdout.split('\n')).toHaveLength(5);
});
