import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { cacheDirectory, stateDirectory } from '../../src/temporal/state-directory.ts';

test('the state folder is what FLEETMARK_STATE says, else the XDG one, else in the home folder', () => {
  expect(stateDirectory({ FLEETMARK_STATE: 'here', XDG_STATE_HOME: '/xdg' })).toBe(resolve('here'));
  expect(stateDirectory({ XDG_STATE_HOME: '/xdg' })).toBe('/xdg/fleetmark');
  expect(stateDirectory({ XDG_STATE_HOME: 'relative' })).toBe(`${homedir()}/.local/state/fleetmark`);
  expect(stateDirectory({ FLEETMARK_STATE: '', XDG_STATE_HOME: '' })).toBe(`${homedir()}/.local/state/fleetmark`);
});

test('the cache folder is the XDG one, else in the home folder', () => {
  expect(cacheDirectory({ XDG_CACHE_HOME: '/xdg' })).toBe('/xdg/fleetmark');
  expect(cacheDirectory({})).toBe(`${homedir()}/.cache/fleetmark`);
});
