import { describe, expect, test } from 'vitest';
import { ScratchProject, type Ended } from './scratch-project.ts';

const imports = `import { expect, test } from 'vitest';\n`;

async function npmTest(file: string, args: string[] = [], finder = `return '/the/temporal'`, CI = '') {
  const project = new ScratchProject('scripts', 'package.json', 'package-lock.json');
  project.linkDependencies();
  project.write('src/temporal/find-temporal-cli.ts', `export async function findTemporalCli() { ${finder}; }`);
  project.write('some.test.ts', imports + file);
  const ended = await project.run(process.execPath, ['scripts/test.mjs', ...args], { CI });
  return { ...ended, last: ended.stdout.trimEnd().split('\n').at(-1) };
}

describe('the last line of the tests', () => {
  test('counts the tests that passed', async () => {
    const { last, code } = await npmTest(`test('a', () => expect(process.env.TEMPORAL_CLI).toBe('/the/temporal'));`);
    expect([last, code]).toEqual(['1 passed, 0 failed', 0]);
  });

  test('counts failures, including those outside of tests, and skipped tests', async () => {
    const { last, code } = await npmTest(`
      test('a', () => {});
      test('b', () => expect(1).toBe(2));
      test.skip('c', () => {});
      test('d', async () => { Promise.reject(new Error('on its own')); await new Promise((resolve) => setTimeout(resolve)); });
    `);
    expect([last, code]).toEqual(['2 passed, 2 failed, 1 skipped', 1]);
  });

  test.each([
    ['a test file that does not load', `throw new Error('at once');`],
    ['a test process that dies', `test('a', () => process.kill(process.pid, 'SIGKILL'));`],
  ])('%s is a failure', async (_title, file) => {
    const { last, code } = await npmTest(file);
    expect(last).toMatch(/^0 passed, [12] failed$/);
    expect(code).toBe(1);
  });

  test('a run without tests and a run that vitest refuses are failures', async () => {
    const nothing = await npmTest(`test('a', () => {});`, ['no-such-folder']);
    expect([nothing.last, nothing.code]).toEqual(['0 passed, 1 failed', 1]);
    const refused = await npmTest(`test('a', () => {});`, ['--no-such-option']);
    expect([refused.last, refused.code]).toEqual(['0 passed, 1 failed', 1]);
  });
});

test('a missing program is reported, and with CI=true it is a failure', async () => {
  const file = `test('a', () => expect(process.env.TEMPORAL_CLI).toBeUndefined());`;
  const elsewhere = await npmTest(file, [], `throw new Error('there is none')`);
  expect([elsewhere.last, elsewhere.code]).toEqual(['1 passed, 0 failed', 0]);
  expect(elsewhere.stderr).toContain('No Temporal CLI: there is none');
  const inCi = await npmTest(file, [], `throw new Error('there is none')`, 'true');
  expect([inCi.last, inCi.code]).toEqual(['1 passed, 1 failed', 1]);
  expect(inCi.stderr).toMatch(/with CI=true is a failure: .*the Temporal CLI\./);
});

describe('.ci/run', () => {
  function ci(check: string, tests: string): Promise<Ended> {
    const project = new ScratchProject('.ci');
    project.write('package.json', JSON.stringify({ scripts: { check, test: tests } }));
    return project.run('bash', ['.ci/run']);
  }

  test.each([
    ['true', 'echo 3 passed, 0 failed, 2 skipped', '3 passed, 0 failed, 2 skipped', 0],
    ['true', 'echo 3 passed, 1 failed; exit 1', '3 passed, 1 failed', 1],
    ['false', 'echo 3 passed, 0 failed', '3 passed, 1 failed', 1],
    ['false', 'echo 3 passed, 2 failed, 1 skipped; exit 1', '3 passed, 3 failed, 1 skipped', 1],
    ['true', 'echo 3 passed, 0 failed; exit 9', '3 passed, 1 failed', 1],
    ['true', 'echo nothing', '0 passed, 1 failed', 1],
  ])('check "%s" and tests "%s" close with "%s"', async (check, tests, last, code) => {
    const ended = await ci(check, tests);
    expect(ended.stdout.trimEnd().split('\n').at(-1)).toBe(last);
    expect(ended.stdout.match(/passed/g)).toHaveLength(1);
    expect(ended.code).toBe(code);
  });
});
