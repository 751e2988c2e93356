/**
 * `node scripts/build.mjs [FOLDER [--noCheck]]`: makes `dist`, or the folder, anew: our programs, each in a few files,
 * since loading many small ones takes long; what is beside the sources, such as shell scripts; and the workflows, which a
 * worker would have to bundle at each start. --noCheck leaves the types unchecked: that takes most of the time.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { installDependencies } from './install-dependencies.mjs';

const root = join(import.meta.dirname, '..');
const sources = join(root, 'src');
const [, , folder = join(root, 'dist'), option] = process.argv;
const dist = resolve(folder);

/** Packages with native code or threads of their own, and those that share classes with them. */
const NOT_BUNDLED = /^(@temporalio\/(activity|client|common|testing|worker|workflow)|libsql|pino|ssh2)$/;

installDependencies(root);
if (option !== '--noCheck') checkTypes();
rmSync(dist, { recursive: true, force: true });
copyOtherFiles();
await bundlePrograms();
await bundleWorkflows();

function checkTypes() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', root], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

function copyOtherFiles() {
  for (const path of readdirSync(sources, { recursive: true })) {
    const isOther = !path.endsWith('.ts') && statSync(join(sources, path)).isFile();
    if (isOther) cpSync(join(sources, path), join(dist, path));
  }
}

async function bundlePrograms() {
  const started = readdirSync(sources, { recursive: true }).filter((file) => file.endsWith('-process.ts'));
  await bundle(['client.ts', 'worker.ts']);
  for (const file of started) await bundle([file]);
}

/** The programs share one file with all that their start needs; what a verb needs is in others. */
async function bundle(files) {
  const { rolldown } = await import('rolldown'); // only now are the dependencies there
  const entries = files.map((file) => join(sources, file));
  const programs = await rolldown({
    input: Object.fromEntries(entries.map((file) => [basename(file, '.ts'), file])),
    external: NOT_BUNDLED,
    platform: 'node',
    // As Node 21 and later say. pg asks for it, to know where it runs; on Node 20 it would load all of fetch to find out.
    transform: { define: { navigator: '{ userAgent: "Node.js" }' } },
    logLevel: 'warn',
  });
  await programs.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: { groups: [{ name: 'start', tags: ['$initial'], test: (file) => !entries.includes(file) }] },
  });
  await programs.close();
}

async function bundleWorkflows() {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const workflowsPath = join(sources, 'workflows', 'index.ts');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    // All workflows of a worker share the modules, which keep no state (eslint.config.js): each would evaluate them again.
    preloadModules: [workflowsPath],
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(join(dist, 'workflows.js'), code);
}
