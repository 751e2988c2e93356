/**
 * `node scripts/build.mjs [FOLDER [--noCheck]]`: makes `dist`, or the folder, anew: the compiled sources, beside them
 * what tsc does not copy, such as shell scripts, and bundles: of the workflows, which a worker would have to make at each
 * start, and of Kysely and Zod, whose many modules take long to load. --noCheck leaves the types unchecked, as tsc's
 * option does: that takes most of the time.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installDependencies } from './install-dependencies.mjs';

const root = join(import.meta.dirname, '..');
const [, , folder = join(root, 'dist'), ...options] = process.argv;
const dist = resolve(folder);

installDependencies(root);
rmSync(dist, { recursive: true, force: true });
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const compiled = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', dist, ...options], {
  cwd: root,
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(1);
cpSync(join(root, 'src'), dist, {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || !/\.[cm]?tsx?$/.test(path),
});

// Only now are the dependencies there.
const { buildSync } = await import('esbuild');
buildSync({
  entryPoints: ['store/kysely.js', 'source/zod.js'].map((file) => join(dist, file)),
  ...{ outdir: dist, outbase: dist, allowOverwrite: true },
  ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' },
});
const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
const workflows = realpathSync(join(dist, 'workflows')); // the bundler finds nothing behind a link
const workflowsPath = join(workflows, 'index.js');
const { code } = await bundleWorkflowCode({
  workflowsPath,
  // All workflows of a worker share the modules, which keep no state (eslint.config.js): each would evaluate them again.
  preloadModules: [workflowsPath],
  logger: new DefaultLogger('WARN'),
});
writeFileSync(join(workflows, 'bundle.js'), code);
