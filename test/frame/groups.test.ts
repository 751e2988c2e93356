import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import config from '../../vitest.config.ts';
import { longest } from '../support/longest-first.ts';
import { repository } from './scratch-project.ts';

const groups = config.test!.projects!.map((project) => (project as { test: { name: string; include: string[] } }).test);

test('each test file that a group names, or that is started first, exists', () => {
  const named = [...groups.flatMap(({ include }) => include).filter((path) => !path.includes('*')), ...longest];
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
});
