import { PassThrough } from 'node:stream';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { refuseUnwritableExports, writeExports } from '../../../src/cli/runs/exports.ts';
import type { WantedExport } from '../../../src/cli/options/export-options.ts';
import { ownVersion } from '../../../src/cli/terminal/own-version.ts';
import type { Terminal } from '../../../src/cli/terminal/terminal.ts';
import { reportFormats } from '../../../src/reports/exports/formats.ts';
import { exampleReport } from '../../reports/example-report.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
beforeEach(() => (folder = temporaryFolder('exports')));
const file = (name: string): string => join(folder, name);

function wanted(format: string, path: string): WantedExport {
  return { format: reportFormats.find(({ name }) => name === format)!, file: path };
}

const refusal = (options: Parameters<typeof refuseUnwritableExports>[0]): Promise<string> =>
  refuseUnwritableExports(options, { env: {} }).then(
    () => 'accepted',
    (error: Error) => error.message
  );

async function write(exports: WantedExport[], env: NodeJS.ProcessEnv = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = await writeExports(exampleReport, { exports }, { stdout, stderr, env } as unknown as Terminal);
  return { written, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

test('every format can be written, the same format into several files', async () => {
  const exports = [
    ...reportFormats.map(({ name, extension }) => wanted(name, file(`${name}.${extension}`))),
    wanted('csv', file('b.csv')),
  ];
  expect(await refusal({ exports })).toBe('accepted');
  expect(readdirSync(folder)).toEqual([]);
  expect(await write(exports)).toEqual({ written: true, stdout: '', stderr: '' });
  for (const { format, file: path } of exports)
    expect(readFileSync(path, 'utf8')).toBe(
      (await format.load())(exampleReport, { about: [['fleetmark', ownVersion()]] })
    );
});

test('only one report can go to standard output, and only one into a file', async () => {
  const [csv, junit] = [wanted('csv', '-'), wanted('junit', '-')];
  expect(await refusal({ exports: [csv] })).toBe('accepted');
  expect(await refusal({ exports: [csv, junit] })).toBe(
    'standard output takes one report: keep one of --export-csv -, --export-junit -'
  );
  expect(await refusal({ exports: [csv], json: true })).toContain('keep one of --json, --export-csv -');
  const twice = [wanted('csv', file('a')), wanted('junit', relative(process.cwd(), file('a')))];
  expect(await refusal({ exports: twice })).toMatch(
    /^--export-csv \S+ and --export-junit \S+ are the same file: name two$/
  );
  expect(await refusal({ exports: [wanted('csv', '')] })).toContain('the name is empty');
});

test('a hostile file name is shown as text', async () => {
  expect(await refusal({ exports: [wanted('csv', '/nowhere/\u001b[2J\u202ex')] })).not.toMatch(/[^\P{C}\n]/u);
});

test('the summary of a GitHub Actions step is added to, any other file is replaced', async () => {
  for (const name of ['summary.md', 'other.md']) writeFileSync(file(name), 'before\n');
  const env = { GITHUB_STEP_SUMMARY: file('summary.md') };
  await write([wanted('markdown', file('summary.md')), wanted('markdown', file('other.md'))], env);
  expect(readFileSync(file('summary.md'), 'utf8')).toMatch(/^before\n\*\*10 servers\*\*/);
  expect(readFileSync(file('other.md'), 'utf8')).toMatch(/^\*\*10 servers\*\*/);
});

test('a file that cannot be written is reported, and the others are written', async () => {
  const { written, stderr } = await write([wanted('csv', '/nowhere/a.csv'), wanted('junit', file('a.xml'))]);
  expect(written).toBe(false);
  expect(stderr).toBe('--export-csv /nowhere/a.csv was not written: there is no such file or folder\n');
  expect(readdirSync(folder)).toEqual(['a.xml']);
});
