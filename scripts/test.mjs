/**
 * `npm test [-- vitest arguments]`: sets up all that the tests need, runs them, and closes with one line alone:
 * `N passed, N failed` or `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { installAnsible } from './ansible.mjs';
import { installPackages } from './debian-packages.mjs';
import './end-with-parent.mjs';
import { installDependencies } from './install-dependencies.mjs';
import { installPostgres } from './postgres.mjs';

const root = join(import.meta.dirname, '..');

/** The path of a Temporal CLI for the tests, or null, having said why. */
async function temporalCli() {
  const { register } = await import('tsx/esm/api');
  const unregister = register();
  try {
    const { findTemporalCli } = await import('../src/temporal/find-temporal-cli.ts');
    const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fleetmark');
    return await findTemporalCli({ env: process.env, cacheDir, say: (line) => console.error(line) });
  } catch (error) {
    console.error(`No Temporal CLI: ${error.message}`);
    return null;
  } finally {
    await unregister();
  }
}

/** Resolves with vitest's exit code, null if a signal ended it. */
function vitest(args, env) {
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts', 'count-reporter.mjs')}`];
  const child = spawn(process.execPath, [program, 'run', ...reporters, ...args], { cwd: root, env, stdio: 'inherit' });
  // Ctrl-C reaches vitest by itself; this process stays to print the closing line.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
}

/** Runs vitest and counts. A run that ended without a count, or without any test, is a failure. */
async function runTests(args, { temporal, ansible, postgres }) {
  const folder = mkdtempSync(join(tmpdir(), 'fleetmark-test-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const env = { ...process.env, FLEETMARK_TEST_COUNTS: countsFile, ...(temporal && { TEMPORAL_CLI: temporal }) };
    if (ansible !== null) env.FLEETMARK_ANSIBLE_INVENTORY = ansible;
    if (postgres !== null) env.FLEETMARK_POSTGRES = postgres;
    const code = await vitest(args, env);
    const counts = readCounts(countsFile);
    const ran = counts.passed + counts.failed + counts.skipped > 0;
    if (counts.failed === 0 && (code !== 0 || !ran)) counts.failed = 1;
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

let counts = { passed: 0, failed: 1, skipped: 0 };
try {
  installDependencies(root);
  const missing = installPackages();
  const temporal = await temporalCli();
  if (temporal === null) missing.push('the Temporal CLI');
  const ansible = installAnsible();
  if (ansible === null) missing.push('ansible-inventory');
  const postgres = installPostgres(root);
  if (postgres === null) missing.push('PostgreSQL');
  counts = await runTests(process.argv.slice(2), { temporal, ansible, postgres });
  if (process.env.CI === 'true' && missing.length > 0) {
    console.error(`Missing, which with CI=true is a failure: ${missing.join(', ')}.`);
    counts.failed += 1;
  }
} catch (error) {
  console.error(error.message);
}
const { passed, failed, skipped } = counts;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
