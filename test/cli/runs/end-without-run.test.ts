import { Ajv2020 } from 'ajv/dist/2020.js';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, expect, test } from 'vitest';
import { endWithoutRun } from '../../../src/cli/runs/end-without-run.ts';
import type { Terminal } from '../../../src/cli/terminal/terminal.ts';
import { reportWithoutRun } from '../../../src/domain/records/retry.ts';
import { reportFormats } from '../../../src/reports/exports/formats.ts';
import { exampleReport } from '../../reports/example-report.ts';
import { junitProblems } from '../../support/xmllint.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
beforeEach(() => (folder = temporaryFolder('without-run')));

const about = { run: 'fleet-2', startedAt: '2026-11-25T02:00:00.000Z' };
const schemaFile = join(import.meta.dirname, '..', '..', '..', 'schema', 'report.schema.json');

async function end(gone: string[], options: Parameters<typeof endWithoutRun>[1]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const terminal = { stdout, stderr, env: {} } as unknown as Terminal;
  const exitCode = await endWithoutRun(reportWithoutRun(exampleReport, gone, about), options, terminal);
  return { exitCode, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

test.each([
  ['nothing to measure', [], 0],
  ['only servers that are gone', ['web-7'], 3],
])('with %s, each format is written, and the JSON is valid', async (_what, gone, exitCode) => {
  const exports = reportFormats.map((format) => ({ format, file: join(folder, format.name) }));
  const ended = await end(gone, { json: true, exports });
  expect([ended.exitCode, ended.stderr]).toEqual([exitCode, '']);
  expect(exports.filter(({ file }) => !existsSync(file))).toEqual([]);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as object;
  expect(ajv.validate(schema, JSON.parse(ended.stdout)), JSON.stringify(ajv.errors)).toBe(true);
  expect(readFileSync(join(folder, 'json'), 'utf8')).toBe(ended.stdout);
  const junit = readFileSync(join(folder, 'junit'), 'utf8');
  expect(await junitProblems(junit)).toEqual([]);
  expect(junit).toContain(`tests="${gone.length}" failures="0" errors="${gone.length}"`);
});

test('without a wanted report, nothing is printed; a file that cannot be written is no success', async () => {
  expect(await end([], {})).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  const format = reportFormats.find(({ name }) => name === 'junit')!;
  expect(await end([], { exports: [{ format, file: '/nowhere/a.xml' }] })).toMatchObject({ exitCode: 3 });
});
