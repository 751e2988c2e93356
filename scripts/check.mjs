/**
 * `npm run check [-- NAME...]`: everything that can be said of the code without running it. Runs all checks, or those
 * that are named, side by side; what a check says is printed when it has ended. Fails if any did.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './debian-packages.mjs';
import './exit-on-signal.mjs';
import { installDependencies } from './install-dependencies.mjs';

const root = join(import.meta.dirname, '..');
const cache = join(root, 'node_modules', '.cache', 'check');

/** Resolves with what the program said and its exit status, if it could be started. */
async function run(program, args, cwd = root) {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill();
  process.once('exit', kill);
  const ended = { started: true, status: null, stdout: '', stderr: '' };
  child.on('error', () => (ended.started = false));
  child.stdout.setEncoding('utf8').on('data', (text) => (ended.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (ended.stderr += text));
  ended.status = await new Promise((resolve) => child.on('close', resolve));
  process.off('exit', kill);
  return ended;
}

function runTool(name, ...args) {
  return run(join(root, 'node_modules', '.bin', name), args);
}

function passes(name, ...args) {
  return async () => {
    const { status, stdout, stderr } = await runTool(name, ...args);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    return status === 0;
  };
}

/** Prints each violation with the sentence of its rule. Seeing fewer modules than there are sources is a failure too. */
async function architecture() {
  const { stdout, stderr } = await runTool('depcruise', 'src', '--output-type', 'json');
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
async function scripts() {
  installPackages(undefined, ['shellcheck']);
  const files = readdirSync(join(root, 'src'), { recursive: true }).filter((file) => file.endsWith('.sh'));
  const { status, stdout, started } = await run('shellcheck', files, join(root, 'src'));
  process.stdout.write(stdout);
  if (started) return status === 0 && files.length > 0;
  console.error('shellcheck is not installed: the shell scripts were not checked.');
  return process.env.CI !== 'true';
}

/** The subjects of the commits since the last tag, at most 100. Where there is no history, as in a package: nothing. */
async function commits() {
  const longest = 72;
  const tag = await run('git', ['describe', '--tags', '--abbrev=0']);
  const range = tag.status === 0 ? [`${tag.stdout.trim()}..HEAD`] : [];
  const log = await run('git', ['log', '--max-count=100', '--no-merges', '--format=%h %s', ...range]);
  const subjects = log.stdout.split('\n').map((line) => line.split(/ (.*)/));
  const tooLong = subjects.filter(([, subject = '']) => subject.length > longest);
  for (const [hash, subject] of tooLong) {
    console.error(`${hash}: the subject has ${subject.length} characters, the limit is ${longest}: ${subject}`);
  }
  return tooLong.length === 0;
}

const prettierCache = ['--cache', '--cache-strategy', 'content', '--cache-location', join(cache, 'format.json')];

const checks = {
  format: passes('prettier', '--check', '--log-level', 'warn', ...prettierCache, '.'),
  // Without a cache: what the linter says of a file also depends on the types of others.
  lint: passes('eslint', '--max-warnings', '0', '.'),
  types: passes(
    'tsc',
    '--noEmit',
    '--incremental',
    '--tsBuildInfoFile',
    join(cache, 'types.json'),
    '-p',
    'tsconfig.json'
  ),
  architecture,
  scripts,
  unused: passes('knip', '--no-progress'),
  commits,
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks);
const unknown = names.filter((name) => !Object.hasOwn(checks, name));
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(', ')}: there are ${Object.keys(checks).join(', ')}.`);
  process.exit(2);
}

installDependencies(root);
const started = Date.now();
const outcomes = await Promise.all(
  names.map(async (name) => {
    const ok = await checks[name]();
    console.log(`${ok ? 'ok' : 'FAILED'} ${name} (after ${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return ok;
  })
);
const failed = outcomes.filter((ok) => !ok).length;
if (failed > 0) console.error(`${failed} of ${names.length} checks failed.`);
process.exitCode = failed > 0 ? 1 : 0;
