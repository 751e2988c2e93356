import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ScratchProject } from './scratch-project.ts';

/** `npm run check` and its imports. */
const check = ['check', 'debian-packages', 'end-with-parent', 'exit-on-signal', 'install-dependencies'].map(
  (name) => `scripts/${name}.mjs`
);

/** For each rule, a file that violates it. */
const forbiddenImports: Record<string, [file: string, text: string]> = {
  'domain-imports-only': ['src/domain/a.ts', `import '../ssh/target.ts';`],
  'reports-imports-only': ['src/reports/a.ts', `import '../ssh/target.ts';`],
  'blocking-imports-only': ['src/blocking/a.ts', `import '../ssh/target.ts';`],
  'ssh-imports-only': ['src/ssh/a.ts', `import '../reports/target.ts';`],
  'activities-imports-only': ['src/activities/a.ts', `import '../temporal/target.ts';`],
  'workflows-imports-only': ['src/workflows/a.ts', `import { target } from '../activities/target.ts'; target();`],
  'workflows-know-activities-as-types': [
    'src/workflows/b.ts',
    `import type { T } from '../ssh/target.ts'; export type U = T;`,
  ],
  'workflows-uses-only': ['src/workflows/c.ts', `import 'zod';`],
  'cli-imports-only': ['src/cli/a.ts', `import '../ssh/target.ts';`],
  'pure-folders-do-no-io': ['src/benchmarks/a.ts', `import 'node:fs';`],
  'domain-uses-only': ['src/domain/b.ts', `import 'zod';`],
  'activities-uses-only': ['src/activities/b.ts', `import 'ssh2';`],
  'domain-values-imports-only': ['src/domain/values/a.ts', `import '../reports/target.ts';`],
  'cli-verbs-imports-only': ['src/cli/verbs/a.ts', `import '../c.ts';`],
  'inventories-are-of-the-configuration': ['src/cli/c.ts', `import '../inventory/target.ts';`],
  'selection-looks-at-no-file': ['src/inventory/selection/a.ts', `import 'node:fs';`],
  'jobs-are-over-any-connection': ['src/ssh/jobs/a.ts', `import '../connections/target.ts';`],
  'src-never-imports-test': ['src/demo/a.ts', `import '../../test/target.ts';`],
  'everything-resolves': ['src/demo/b.ts', `import './nowhere.ts';`],
  'no-circular': ['src/config/a.ts', `export const b = import('./b.ts');`],
};

test('each import rule finds a violation, and explains it in a sentence', async () => {
  const project = new ScratchProject(...check, '.dependency-cruiser.js');
  copyFrame(project);
  for (const [file, text] of Object.values(forbiddenImports)) project.write(file, text);
  project.write('src/config/b.ts', `import './a.ts';`);
  const targets = [
    'source',
    'ssh',
    'ssh/connections',
    'activities',
    'temporal',
    'reports',
    'domain/reports',
    'inventory',
  ];
  for (const folder of [...targets.map((name) => `src/${name}`), 'test']) {
    project.write(`${folder}/target.ts`, 'export type T = string; export function target(): void {}');
  }
  const { stdout, stderr, code } = await project.run(process.execPath, ['scripts/check.mjs', 'architecture']);
  expect(stdout).toMatch(/^FAILED architecture/m);
  expect(code).toBe(1);
  for (const [rule, [file]] of Object.entries(forbiddenImports)) {
    expect(stderr).toMatch(new RegExp(`${file} -> .*(\n  .*)*\n  ${rule}: \\S+ .*\\.\n`));
  }
});

test('an architecture check that finds no sources fails', async () => {
  const project = new ScratchProject(...check);
  copyFrame(project);
  project.write('.dependency-cruiser.js', `export default { forbidden: [], options: { exclude: { path: '^src' } } };`);
  project.write('src/a.ts', 'export {};');
  const { stdout, stderr } = await project.run(process.execPath, ['scripts/check.mjs', 'architecture']);
  expect(stderr).toContain('dependency-cruiser saw 0 of 1 source files.');
  expect(stdout).toMatch(/^FAILED architecture/m);
});

/** For each linter rule, code that it must reject. */
const forbiddenCode: [file: string, rule: string, text: string][] = [
  ['src/ssh/a.ts', 'no-restricted-syntax', 'export const options = { hostHash: "sha256" };'],
  ['src/ssh/b.ts', 'no-restricted-syntax', 'export const options = { hostVerifier: async () => true };'],
  [
    'src/ssh/c.ts',
    'no-restricted-syntax',
    'export const options = { hostVerifier(_key: string, _done: () => void) {} };',
  ],
  ['src/cli/a.ts', '@typescript-eslint/no-floating-promises', 'async function later(): Promise<void> {}\nlater();'],
  ['src/cli/b.ts', 'eqeqeq', 'export const same = (a: number, b: number) => a == b;'],
  ['src/cli/c.ts', 'no-restricted-syntax', 'export default function main() {}'],
  ['src/cli/d.ts', 'no-restricted-syntax', 'export class A {\n  private readonly a = 1;\n}'],
  ['src/cli/e.ts', 'no-restricted-syntax', 'export class A {\n  private a(): void {}\n}'],
  ['src/cli/f.ts', 'max-lines', 'export {};\n'.repeat(201)],
  ['src/cli/g.ts', 'max-lines-per-function', `export function a(): void {\n${'  void 0;\n'.repeat(49)}}`],
  ['src/workflows/state.ts', 'no-restricted-syntax', 'export let rows = 0;'],
  ['src/domain/state.ts', 'no-restricted-syntax', 'const rows = new WeakMap<object, string>();\nexport { rows };'],
  ['src/workflows/a.ts', 'no-restricted-imports', `import { join } from 'node:path';\nexport { join };`],
  ['src/domain/a.ts', '@typescript-eslint/no-explicit-any', 'export const anything: any = 1;'],
  ['src/domain/b.ts', '@typescript-eslint/consistent-type-imports', `import { A } from './a.ts';\nexport type B = A;`],
];

test('the linter rejects code that the design forbids', async () => {
  const project = new ScratchProject('eslint.config.js');
  copyFrame(project);
  for (const [file, , text] of forbiddenCode) project.write(file, text);
  const { stdout, code } = await project.run('node_modules/.bin/eslint', ['--format', 'json', 'src']);
  const results = JSON.parse(stdout) as { filePath: string; messages: { ruleId: string }[] }[];
  for (const [file, rule] of forbiddenCode) {
    const refused = results.find(({ filePath }) => filePath.endsWith(file))?.messages.map(({ ruleId }) => ruleId);
    expect(refused, file).toContain(rule);
  }
  expect(code).toBe(1);
});

function copyFrame(project: ScratchProject): void {
  project.linkDependencies();
  project.write('package.json', '{ "type": "module" }');
  project.write('package-lock.json', '{ "packages": {} }');
  project.write(
    'tsconfig.json',
    '{ "compilerOptions": { "module": "nodenext", "strict": true, "noEmit": true, "allowImportingTsExtensions": true }, "include": ["src"] }'
  );
}

test('a shell script that shellcheck objects to fails, and so does a missing shellcheck where CI is true', async () => {
  const project = new ScratchProject(...check);
  copyFrame(project);
  project.write('src/ssh/server-scripts/a.sh', '# shellcheck shell=sh\nrm -rf $folder\n');
  const command = ['scripts/check.mjs', 'scripts'];
  const without = { PATH: '', FLEETMARK_NO_APT: '1' };
  expect((await project.run(process.execPath, command, { ...without, CI: 'true' })).stdout).toMatch(/^FAILED scripts/m);
  const skipped = await project.run(process.execPath, command, without);
  expect(skipped.stdout).toMatch(/^ok scripts/m);
  expect(skipped.stderr).toContain('shellcheck is not installed');
  if (spawnSync('shellcheck', ['--version']).error && process.env['CI'] !== 'true') return;
  expect((await project.run(process.execPath, command, { FLEETMARK_NO_APT: '1' })).stdout).toMatch(/^FAILED scripts/m);
});

test('a commit subject of more than 72 characters since the last tag fails; a missing history does not', async () => {
  const project = new ScratchProject(...check);
  copyFrame(project);
  const git = (...args: string[]) =>
    project.run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false', ...args]);
  const commit = (subject: string) => git('commit', '--quiet', '--allow-empty', '--message', subject);
  const checked = () => project.run(process.execPath, ['scripts/check.mjs', 'commits']);
  expect((await checked()).stdout).toMatch(/^ok commits/m);
  await git('init', '--quiet');
  expect((await checked()).stdout).toMatch(/^ok commits/m);
  await commit('x'.repeat(72));
  expect((await checked()).stdout).toMatch(/^ok commits/m);
  await commit('y'.repeat(73));
  const { stdout, stderr } = await checked();
  expect(stdout).toMatch(/^FAILED commits/m);
  expect(stderr).toMatch(/^[0-9a-f]{7,}: the subject has 73 characters, the limit is 72: y{73}$/m);
  await git('tag', 'v1');
  expect((await checked()).stdout).toMatch(/^ok commits/m);
});
