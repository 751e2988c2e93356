import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { repository, ScratchProject } from './scratch-project.ts';

const packageJson = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  files: string[];
  dependencies: Record<string, string>;
};

test('the package contains exactly the documented files, needs no development dependency, and starts with one file', async () => {
  const frame = ['src', 'scripts', 'schema', 'tsconfig.json', 'package.json', 'package-lock.json'];
  const project = new ScratchProject(...frame, 'README.md', 'LICENSE', 'CHANGELOG.md');
  project.linkDependencies();
  const built = await project.run(process.execPath, ['scripts/build.mjs', 'dist', '--noCheck']);
  expect(built).toEqual({ code: 0, stdout: '', stderr: '' });
  const packed = await project.run('npm', ['pack', '--dry-run', '--json']);
  const [{ files }] = JSON.parse(packed.stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);

  const sources = filesUnder('src');
  const copied = sources.filter((path) => !path.endsWith('.ts')).map((path) => `dist/${path}`);
  const started = sources.filter((path) => path.endsWith('-process.ts'));
  const programs = ['client.ts', 'worker.ts', 'workflows.ts', ...started].map(
    (path) => `dist/${basename(path, '.ts')}.js`
  );
  const chunks = paths.filter((path) => /^dist\/[^/]+-[\w-]{8}\.js$/.test(path) && !programs.includes(path));
  const schemas = filesUnder('schema').map((path) => `schema/${path}`);
  const beside = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', ...schemas];
  expect(schemas).toContain('schema/report.schema.json');
  expect(copied).toContain('dist/ssh/server-scripts/job-runner.sh');
  expect(paths.sort()).toEqual([...copied, ...programs, ...chunks, ...beside].sort());

  const needed = [...programs, ...chunks]
    .filter((path) => path !== 'dist/workflows.js')
    .flatMap((path) => packagesOf(readFileSync(join(project.root, path), 'utf8')));
  expect(needed.length).toBeGreaterThan(10);
  expect(needed.filter((name) => !Object.hasOwn(packageJson.dependencies, name))).toEqual([]);

  const [start, ...more] = importsOf('client.js');
  expect([start, more]).toEqual([expect.stringMatching(/^\.\/start-/), []]);
  expect(importsOf(start!).filter((name) => !isBuiltin(name))).toEqual([
    expect.stringMatching(/^\.\/rolldown-runtime-/),
  ]);

  function importsOf(file: string): string[] {
    const text = readFileSync(join(project.root, 'dist', file), 'utf8');
    return [...text.matchAll(/^import (?:[^'"]* from )?['"]([^'"]+)['"]/gm)].map(([, name]) => name!);
  }
}, 240_000); // compiles everything, on a machine that may be busy

function filesUnder(folder: string): string[] {
  const root = join(repository, folder);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** The packages that a compiled module imports. */
function packagesOf(text: string): string[] {
  const imports = text.matchAll(
    /^(?:import|export) (?:[^'"]* from )?['"]([^.'"][^'"]*)['"]|\bimport\(['"]([^.'"][^'"]*)['"]\)/gm
  );
  const names = [...imports].map(([, fixed, dynamic]) => (fixed ?? dynamic)!);
  return names.filter((name) => !isBuiltin(name)).map((name) => name.match(/^(@[^/]+\/)?[^/]+/)![0]);
}
