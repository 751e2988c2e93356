import { formatNumber } from '../../domain/values/numbers.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { Answer } from './answer-reader.ts';

const MAX_FOLDERS = 6;

/**
 * Why `probe` or `start` refuses the folders of a server; null: it does not say.
 * `/var/tmp has 300 KiB free of 1,024 KiB; /home/bench is mounted read-only`
 */
export function unusableFolders({ values, out }: Answer): string | null {
  if (values.get('error') === 'nospace') {
    const text = textOf(values.get('folder') ?? '', values.get('wrong') ?? '');
    return text === null ? null : `there is no space for a job: ${text}`;
  }
  if (values.get('error') !== 'nobase') return null;
  const tried = new Map(out.toString('utf8').split('\n').filter(Boolean).map(splitAtLastBlank));
  const texts = [...tried].flatMap(([folder, wrong]) => textOf(folder, wrong) ?? []).slice(0, MAX_FOLDERS);
  return texts.length === 0 ? null : `no folder can take its jobs: ${texts.join('; ')}`;
}

/** The name of a folder may contain blanks. */
function splitAtLastBlank(line: string): [string, string] {
  const at = line.lastIndexOf(' ');
  return [line.slice(0, at), line.slice(at + 1)];
}

function textOf(folder: string, wrong: string): string | null {
  const [word = '', first = '', second = ''] = wrong.split(':');
  const problem = PROBLEMS.get(word);
  if (problem === undefined) return null;
  const text = typeof problem === 'string' ? problem : problem(first, second);
  return `${printable(folder, 80)} ${text}`;
}

const PROBLEMS = new Map<string, string | ((first: string, second: string) => string)>([
  ['unsafe', (parent) => `is not safe: other users can rename files in ${printable(parent, 80)}`],
  ['space', (free, needed) => `has ${amount(free)} KiB free of ${amount(needed)} KiB`],
  ['files', (free, needed) => `has ${amount(free)} free inodes of ${amount(needed)}`],
  ['absent', 'does not exist'],
  ['name', 'has a character in its name that is not supported'],
  ['foreign', 'has a .fleetmark folder that belongs to another user'],
  ['readonly', 'is mounted read-only'],
  ['links', 'does not support hard links or pipes'],
  ['noexec', 'is mounted noexec'],
  ['unwritable', 'is not writable'],
  ['quota', 'is over the disk quota of this user'],
  ['full', 'is full'],
]);

function amount(text: string): string {
  return /^\d{1,15}$/.test(text) ? formatNumber(Number(text)) : '0';
}
