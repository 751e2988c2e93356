import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unusableFolders } from '../../../src/ssh/jobs/unusable-folders.ts';

const answer = (values: Record<string, string>, out = '') => ({
  values: new Map(Object.entries(values)),
  out: Buffer.from(out),
  err: Buffer.alloc(0),
});
const lacking = (tried: string) => unusableFolders(answer({ error: 'nobase' }, tried));

test('each folder is listed once, with what it lacks', () => {
  const tried = [
    '/var/tmp space:300:1024',
    '/home/bench files:3:100',
    '/home/bench files:3:100',
    '/data/my files readonly',
    '/tmp unsafe:/tmp',
    '/x quota',
  ];
  expect(lacking(tried.join('\n'))).toBe(
    'no folder can take its jobs: /var/tmp has 300 KiB free of 1,024 KiB; /home/bench has 3 free inodes of 100; ' +
      '/data/my files is mounted read-only; /tmp is not safe: other users can rename files in /tmp; ' +
      '/x is over the disk quota of this user'
  );
});

test('a job that lacks space names the folder and the free space', () => {
  const folder = '/var/tmp/.fleetmark.1000';
  expect(unusableFolders(answer({ error: 'nospace', folder, wrong: 'space:12:1024' }))).toBe(
    'there is no space for a job: /var/tmp/.fleetmark.1000 has 12 KiB free of 1,024 KiB'
  );
});

test('an answer without a known reason gives null or one printable line', () => {
  expect([
    lacking(''),
    unusableFolders(answer({ error: 'nospace' })),
    unusableFolders(answer({ error: 'noproc' })),
  ]).toEqual([...[null, null, null]]);
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary' }), (folder, wrong) => {
      expect(lacking(`${folder} ${wrong}\n/x constructor`) ?? '').not.toMatch(/\p{Cc}/u);
    })
  );
});
