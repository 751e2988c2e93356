/**
 * `npm run check [-- NAME...]`: everything that can be said of the code without running it. Runs all checks, or those
 * that are named, and fails if any did.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './debian-packages.mjs';
import { installDependencies } from './install-dependencies.mjs';

const root = join(import.meta.dirname, '..');

function run(program, args, stdio = 'inherit') {
  const command = join(root, 'node_modules', '.bin', program);
  return spawnSync(command, args, { cwd: root, stdio, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

function passes(program, ...args) {
  return () => run(program, args).status === 0;
}

/** Prints each violation with the sentence of its rule. Seeing fewer modules than there are sources is a failure too. */
function architecture() {
  const { stdout, stderr } = run('depcruise', ['src', '--output-type', 'json'], 'pipe');
  const { modules, summary } = JSON.parse(stdout || 'null') ?? {};
  if (!summary) {
    console.error(stderr);
    return false;
  }
  const sentences = new Map(summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]));
  for (const { from, to, rule, cycle } of summary.violations) {
    const path = cycle ? cycle.map(({ name }) => name).join(' -> ') : to;
    console.error(`${from} -> ${path}\n  ${rule.name}: ${sentences.get(rule.name)}`);
  }
  const seen = modules.filter(({ source }) => source.startsWith('src/')).length;
  const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((file) => file.endsWith('.ts')).length;
  if (seen === 0 || seen < sources) console.error(`dependency-cruiser saw ${seen} of ${sources} source files.`);
  return summary.error === 0 && seen > 0 && seen >= sources;
}

/** The scripts that servers run. Without shellcheck: skipped, and with CI=true a failure. */
function scripts() {
  installPackages(undefined, ['shellcheck']);
  const files = readdirSync(join(root, 'src'), { recursive: true }).filter((file) => file.endsWith('.sh'));
  const { status, error } = spawnSync('shellcheck', files, { cwd: join(root, 'src'), stdio: 'inherit' });
  if (error?.code !== 'ENOENT') return status === 0 && files.length > 0;
  console.error('shellcheck is not installed: the shell scripts were not checked.');
  return process.env.CI !== 'true';
}

const checks = {
  format: passes('prettier', '--check', '--log-level', 'warn', '.'),
  lint: passes('eslint', '--max-warnings', '0', '.'),
  types: passes('tsc', '--noEmit', '-p', 'tsconfig.json'),
  architecture,
  scripts,
  unused: passes('knip', '--no-progress'),
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks);
const unknown = names.filter((name) => !Object.hasOwn(checks, name));
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(', ')}: there are ${Object.keys(checks).join(', ')}.`);
  process.exit(2);
}

installDependencies(root);
let failed = 0;
for (const name of names) {
  const started = Date.now();
  const ok = checks[name]();
  if (!ok) failed += 1;
  console.log(`${ok ? 'ok' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
if (failed > 0) console.error(`${failed} of ${names.length} checks failed.`);
process.exitCode = failed > 0 ? 1 : 0;
