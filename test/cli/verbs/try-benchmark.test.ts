import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { tryBenchmark, type TryOptions } from '../../../src/cli/verbs/try-benchmark.ts';
import { folderWith } from '../../support/temporary-folder.ts';
import { fakeTerminal } from '../terminal.ts';

const score = "score: { pattern: '^score (\\d+)', unit: points }";
const configuration = `
servers: { web-1: }
benchmarks:
  plain: { command: x, metrics: { ${score} } }
  errors: { command: x, read: stderr, metrics: { ${score} } }
  both: { command: x, read: both, metrics: { ${score} } }
  kept: { command: x, keep: { head: 1 KiB, tail: 1 KiB }, metrics: { score: { pattern: 'score (\\d+)', take: last, unit: points } } }
  middle: { command: x, keep: { head: 1 KiB, tail: 1 KiB }, metrics: { ${score} } }
  files:
    command: x
    metrics:
      one: { pattern: '^(\\d+)', file: r.txt, unit: x }
      two: { pattern: '^(\\d+)', file: out/s.txt, unit: x }
      may: { pattern: '^(\\d+)', file: t.txt, unit: x, absent: skip }
  optional: { command: x, metrics: { score: { pattern: '^score (\\d+)', unit: points, absent: skip } } }
  latin: { command: x, metrics: { speed: { pattern: '^speed (\\d+) .s', unit: x } } }
`;

interface Tried {
  exitCode: number;
  stdout: string;
  stderr: string;
}

let folder: string;
beforeEach(() => {
  folder = folderWith({ 'fleetmark.yaml': configuration, 'saved.txt': 'score 80\n', 'n.txt': '12\n', 'm.txt': '34\n' });
});

/** Files are names in the folder; `-` is what is piped. */
async function tryIt(name: string, options: TryOptions, piped: string | Uint8Array | null = null): Promise<Tried> {
  const terminal = fakeTerminal({ env: { HOME: folder }, isTTY: piped === null });
  if (piped !== null) (terminal.stdin as unknown as NodeJS.WritableStream).end(piped);
  const exitCode = await tryBenchmark(name, { config: join(folder, 'fleetmark.yaml'), ...options }, terminal);
  const stdout = terminal.written('stdout').replace(/\u001b\[\d+m/g, '');
  return { exitCode, stdout, stderr: terminal.written('stderr') };
}

const at = (name: string): string => join(folder, name);

describe('an output is read', () => {
  test('from a file', async () => {
    expect(await tryIt('plain', { output: at('saved.txt') })).toEqual({
      exitCode: 0,
      stdout: 'plain.score  80 points\n',
      stderr: '',
    });
  });

  test('from standard input, as output, as errors, or as a result file', async () => {
    expect(await tryIt('plain', { output: '-' }, 'score 7\n')).toMatchObject({ stdout: 'plain.score  7 points\n' });
    expect(await tryIt('errors', { errors: '-' }, 'score 8\n')).toMatchObject({ stdout: 'errors.score  8 points\n' });
    const file = ['r.txt=-', `out/s.txt=${at('n.txt')}`];
    expect(await tryIt('files', { file }, '90\n')).toEqual({
      exitCode: 0,
      stdout: 'files.one  90 x\nfiles.two  12 x\n',
      stderr: '',
    });
  });

  test('from result files in any order', async () => {
    const file = [`out/s.txt=${at('n.txt')}`, `r.txt=${at('m.txt')}`];
    expect(await tryIt('files', { file })).toMatchObject({ stdout: 'files.one  34 x\nfiles.two  12 x\n' });
  });

  test('with bytes that are not UTF-8, as in a run', async () => {
    writeFileSync(at('latin.txt'), Buffer.from('speed 12 \xb5s\n', 'latin1'));
    expect(await tryIt('latin', { output: at('latin.txt') })).toMatchObject({ stdout: 'latin.speed  12 x\n' });
    expect(
      await tryIt('latin', { output: '-' }, Buffer.from([...Buffer.from('speed 5 '), 0xff, 0x73, 0x0a]))
    ).toMatchObject({
      stdout: 'latin.speed  5 x\n',
    });
  });
});

describe('a long output', () => {
  const long = 'x'.repeat(99) + '\n';
  const tooMuch = (name: string): string =>
    `error UnreadableOutput: the command of ${name} printed more than 256 KiB to its standard output or error: above this limit numbers are unreliable; print less, for example with \`command > file\`, or say with "keep" how much of its end is needed\n`;

  test('without "keep" is an error, as in a run', async () => {
    const text = `score 80\n${long.repeat(2700)}`;
    expect(await tryIt('plain', { output: '-' }, text)).toMatchObject({ exitCode: 3, stdout: tooMuch('plain') });
    expect(await tryIt('errors', { errors: '-' }, text)).toMatchObject({ exitCode: 3, stdout: tooMuch('errors') });
    writeFileSync(at('saved.txt'), text);
    expect(await tryIt('plain', { errors: at('saved.txt'), output: at('n.txt') })).toMatchObject({
      exitCode: 3,
      stdout: tooMuch('plain'),
    });
  });

  test('a result file counts to the output that prints it', async () => {
    writeFileSync(at('r.txt'), `12\n${long.repeat(2700)}`);
    const file = [`r.txt=${at('r.txt')}`, `out/s.txt=${at('n.txt')}`];
    expect(await tryIt('files', { file })).toMatchObject({ exitCode: 3, stdout: tooMuch('files') });
  });

  test('of 20 MiB is cut as "keep" says', async () => {
    writeFileSync(at('saved.txt'), `score 1\n${long.repeat(200_000)}score 2\n`);
    expect(await tryIt('kept', { output: at('saved.txt') })).toMatchObject({ stdout: 'kept.score  2 points\n' });
    expect(await tryIt('middle', { output: at('saved.txt') })).toMatchObject({
      exitCode: 3,
      stdout:
        'error UnreadableOutput: middle.score: the middle of the output was not kept: raise "keep", or say with "part" whether it is in the head or in the tail\n',
    });
  });

  test('of more than a run can keep is refused', async () => {
    truncateSync(at('saved.txt'), 128 * 1024 * 1024 + 1);
    await expect(tryIt('kept', { output: at('saved.txt') })).rejects.toThrow(
      `${at('saved.txt')} is larger than 128 MiB`
    );
  });
});

describe('what is not given', () => {
  test('is refused if it is all', async () => {
    const none = 'no output to read: give --output FILE for standard output, --errors FILE for errors';
    await expect(tryIt('plain', {})).rejects.toThrow(new RegExp(`^${none}$`));
    await expect(tryIt('files', {})).rejects.toThrow(new RegExp(`^${none}, --file r.txt=PATH for a result file$`));
    await expect(tryIt('files', { file: [] })).rejects.toThrow(none);
  });

  test.each([
    ['plain', { errors: 'n.txt' }, 'plain.score: in standard output; give it with --output FILE\n'],
    ['errors', { output: 'n.txt' }, 'errors.score: in standard error; give it with --errors FILE\n'],
    [
      'files',
      { output: 'n.txt' },
      'files.one: in r.txt; give it with --file r.txt=PATH\nfiles.two: in out/s.txt; give it with --file out/s.txt=PATH\n',
    ],
  ])('of %s is named', async (name, options, stderr) => {
    const files = Object.fromEntries(Object.entries(options).map(([key, file]) => [key, at(file)]));
    expect(await tryIt(name, files)).toMatchObject({ exitCode: 3, stderr });
  });

  test('is told if no metric must be there', async () => {
    expect(await tryIt('optional', { output: at('n.txt') })).toEqual({
      exitCode: 0,
      stdout: 'nothing was read: the output has none of the metrics, all of which may be absent\n',
      stderr: '',
    });
  });

  test('is no matter if the other stream has it', async () => {
    expect(await tryIt('both', { errors: at('saved.txt') })).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('is refused in one sentence', () => {
  const twice = 'standard input can be read only once: give "-" to one option, and files to the others';
  test.each([
    [{ output: '-', errors: '-' }, twice],
    [{ output: '-', file: ['r.txt=-'] }, twice],
    [{ file: ['r.txt=a', 'r.txt=b'] }, '--file r.txt is given twice'],
    [
      { file: ['s.txt=a'] },
      '--file s.txt=a: write NAME=PATH, where NAME is the file of a metric; the files of its metrics are r.txt, out/s.txt, t.txt',
    ],
    [{ output: '/nowhere/saved.txt' }, '/nowhere/saved.txt does not exist'],
    [{ output: '/' }, '/ is a folder, not a file'],
  ])('%j', async (options: TryOptions, message) => {
    await expect(tryIt('files', options, '')).rejects.toThrow(expect.objectContaining({ name: 'Refusal', message }));
  });

  test('standard input for the inventory, too', async () => {
    await expect(tryIt('plain', { inventory: '-', output: '-' }, 'web-1\n')).rejects.toThrow(twice);
  });

  test('a terminal as standard input', async () => {
    const message = 'standard input is a terminal: pipe what the command printed into it, or name a file';
    await expect(tryIt('plain', { output: '-' })).rejects.toThrow(
      expect.objectContaining({ name: 'Refusal', message })
    );
  });

  test('a pipe with a name', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    const message = `${at('pipe')} is a pipe, not a file; "-" reads standard input`;
    await expect(tryIt('plain', { output: at('pipe') })).rejects.toThrow(
      expect.objectContaining({ name: 'Refusal', message })
    );
  });
});
