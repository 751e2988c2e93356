import { expect, test } from 'vitest';
import { findConfiguration } from '../../src/config/find-configuration.ts';

test.each([
  ['a.yaml', { FLEETMARK_CONFIG: 'b.yaml' }, 'a.yaml'],
  [undefined, { FLEETMARK_CONFIG: 'b.yaml' }, 'b.yaml'],
  [undefined, { FLEETMARK_CONFIG: '' }, 'fleetmark.yaml'],
  [undefined, {}, 'fleetmark.yaml'],
])('--config %s with %j is %s', (option, env, file) => {
  expect(findConfiguration(option, env)).toBe(file);
});
