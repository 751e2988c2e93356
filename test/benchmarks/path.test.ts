import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { withToolPath } from '../../src/benchmarks/path.ts';

function pathUnder(PATH: string): string {
  const env = { PATH };
  return spawnSync('/bin/sh', ['-c', withToolPath('echo "$PATH"')], { encoding: 'utf8', env }).stdout.trim();
}

test('what the user has set comes first', () => {
  expect(pathUnder('/opt/bench:/usr/bin')).toMatch(/^\/opt\/bench:\/usr\/bin:\/usr\/local\/sbin:.*:\/opt\/rocm\/bin$/);
});

test('an empty PATH does not make the current folder part of it', () => {
  expect(pathUnder('')).toMatch(/^\/usr\/local\/sbin:/);
});
