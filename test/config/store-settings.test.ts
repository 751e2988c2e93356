import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problems, read } from '../support/read-configuration.ts';

const day = 24 * 60 * 60 * 1000;

const one = 'servers: { web-1: }\n';

const problemsOf = async (store: string): Promise<string[]> =>
  (await problems(`${one}${store}`)).filter((line) => line.includes('store'));

describe('store:', () => {
  test.each([
    ['', { url: null, password: null, keepMs: null }],
    ['store: { keep: 400d }', { url: null, password: null, keepMs: 400 * day }],
    ['store: postgres://bench@db/results', { url: 'postgres://bench@db/results', password: null, keepMs: null }],
    [
      'store: { url: postgresql://bench@db:5433/results?sslmode=verify-full, password: { env: RESULTS_PASSWORD }, keep: 1d }',
      {
        ...{ url: 'postgresql://bench@db:5433/results?sslmode=verify-full', keepMs: day },
        password: { env: 'RESULTS_PASSWORD' },
      },
    ],
  ])('%s', async (text, expected) => {
    expect((await read(`${one}${text}`)).store).toEqual(expected);
  });

  test('a password file is relative to the configuration', async () => {
    const { store, file } = await read(`${one}store: { url: postgres://bench@db/results, password: { file: secret } }`);
    expect(store.password).toEqual({ file: join(dirname(file), 'secret') });
  });

  test.each([
    ['store: { urll: postgres://a@b/c }', 'store.urll: unknown key; did you mean "url"?'],
    ['store: { kep: 400d }', 'store.kep: unknown key; did you mean "keep"?'],
    ['store: { keep: 400 }', 'store.keep: needs a unit: 400d'],
    ['store: { keep: 2y }', 'store.keep: must be a number of days such as 400d'],
    ['store: { keep: 0d }', 'store.keep: must be from 1d to 36500d'],
    ['store: 5', 'store: must be postgres://user@host/database, or a map such as { keep: 400d }'],
    ['store: [a]', 'store: must be postgres://user@host/database, or a map such as { keep: 400d }'],
    ['store: mysql://a@b/c', 'store: must be postgres://user@host/database'],
    ['store: postgres://db', 'store: must be postgres://user@host/database: the name of the database is missing'],
    ['store: { url: sqlite.db }', 'store.url: must be postgres://user@host/database'],
    ['store: { password: { env: A } }', 'store.password: needs a url: without one, results are in a file'],
  ])('%s is refused', async (text, message) => {
    const [problem] = await problemsOf(text);
    expect(problem).toMatch(/^\S*fleetmark\.yaml:2:\d+: /);
    expect(problem).toContain(`: ${message}`);
  });

  const password =
    'store.password: must have a file or an environment variable, such as { file: /etc/fleetmark/password } or { env: RESULTS_PASSWORD }';
  test.each([
    [
      'store: postgres://bench:hunter2@db/results',
      'store: must not contain a password: write store: { url: ..., password: { file: ... } }',
    ],
    ['store: { url: postgres://bench:hunter2@db/results }', 'store.url: must not contain a password'],
    ['store: { url: postgres://bench@db/results?password=hunter2 }', 'store.url: must not contain a password'],
    ['store: postgres://bench:hunter2@', 'store: must be postgres://user@host/database'],
    ['store: { url: postgres://a@b/c, password: hunter2 }', password],
    ['store: { url: postgres://a@b/c, password: { hunter2: } }', password],
    ['store: { url: postgres://a@b/c, password: { file: hunter2, env: hunter2 } }', password],
    ['store: { url: postgres://a@b/c, password: { X: hunter2, X: hunter2 } }', password],
  ])('%s is refused without the secret', async (text, message) => {
    const found = await problemsOf(text);
    expect(found.join('\n')).toContain(message);
    expect(found.join('\n')).not.toContain('hunter2');
  });
});
