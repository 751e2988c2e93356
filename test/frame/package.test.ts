import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { repository, ScratchProject } from './scratch-project.ts';

const packageJson = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  files: string[];
  dependencies: Record<string, string>;
};

test('the package contains exactly the documented files, and needs no development dependency', async () => {
  const frame = [
    'src',
    'scripts',
    'schema',
    'tsconfig.json',
    'tsconfig.build.json',
    'package.json',
    'package-lock.json',
  ];
  const project = new ScratchProject(...frame, 'README.md', 'LICENSE', 'CHANGELOG.md');
  project.linkDependencies();
  const built = await project.run(process.execPath, ['scripts/build.mjs', 'dist', '--noCheck']);
  expect(built).toEqual({ code: 0, stdout: '', stderr: '' });
  const packed = await project.run('npm', ['pack', '--dry-run', '--json']);
  const [{ files }] = JSON.parse(packed.stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);

  const compiled = filesUnder('src').map((path) => `dist/${path.replace(/\.ts$/, '.js')}`);
  const schemas = filesUnder('schema').map((path) => `schema/${path}`);
  const beside = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', ...schemas];
  expect(schemas).toContain('schema/report.schema.json');
  expect(paths.sort()).toEqual([...compiled, 'dist/workflows/bundle.js', ...beside].sort());

  const needed = compiled
    .filter((path) => path.endsWith('.js'))
    .flatMap((path) => packagesOf(readFileSync(join(project.root, path), 'utf8')));
  expect(needed.length).toBeGreaterThan(10);
  expect(needed.filter((name) => !Object.hasOwn(packageJson.dependencies, name))).toEqual([]);
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
