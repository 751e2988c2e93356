/** Makes `dist` anew: the compiled sources, and beside them what tsc does not copy, such as shell scripts. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { installDependencies } from './install-dependencies.mjs';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

installDependencies(root);
rmSync(dist, { recursive: true, force: true });
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const compiled = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (compiled.status !== 0) process.exit(1);
cpSync(join(root, 'src'), dist, {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || !/\.[cm]?tsx?$/.test(path),
});
