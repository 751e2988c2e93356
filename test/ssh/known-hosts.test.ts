import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownFor, parseKnownHosts } from '../../src/ssh/known-hosts.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

function linesFor(text: string, host: string, port = 22): number[] {
  return knownFor(parseKnownHosts(text, 'known_hosts'), host, port).map(({ line }) => line);
}

describe('a known_hosts file', () => {
  test('tells file, line, marker, type and key of an entry', () => {
    const [entry] = parseKnownHosts(
      `# comment\n\n@revoked web-7 ssh-ed25519 ${key} laura@example\n`,
      '/etc/known_hosts'
    );
    expect(entry).toEqual({
      file: '/etc/known_hosts',
      line: 3,
      marker: 'revoked',
      hosts: 'web-7',
      type: 'ssh-ed25519',
      key: Buffer.from(key, 'base64'),
    });
  });

  test('may have Windows line ends, tabs and indented lines', () => {
    expect(linesFor(`  web-7\tssh-ed25519\t${key}\r\nweb-7 ssh-ed25519 ${key}\r\n`, 'web-7')).toEqual([1, 2]);
  });

  test('makes nothing known by lines with an unknown marker or without a key', () => {
    expect(linesFor(`@trusted web-7 ssh-ed25519 ${key}\nweb-7 ssh-ed25519\nweb-7\n@revoked\n`, 'web-7')).toEqual([]);
  });
});

describe('an entry', () => {
  test('without a port holds for port 22 only, one with a port for that port only', () => {
    const text = `web-7 ssh-ed25519 ${key}\n[web-7]:2222 ssh-ed25519 ${key}\n`;
    expect(linesFor(text, 'web-7')).toEqual([1]);
    expect(linesFor(text, 'web-7', 2222)).toEqual([2]);
    expect(linesFor(text, 'web-7', 2223)).toEqual([]);
  });

  test('does not hold for what one of its negations names', () => {
    const text = `*.example,!bad.example ssh-ed25519 ${key}\n`;
    expect(linesFor(text, 'good.example')).toEqual([1]);
    expect(linesFor(text, 'bad.example')).toEqual([]);
  });

  test('with dots and brackets is no regular expression', () => {
    expect(linesFor(`a.b ssh-ed25519 ${key}\n`, 'axb')).toEqual([]);
  });

  test('with many stars is decided in no time', () => {
    expect(linesFor(`${'*a'.repeat(400)} ssh-ed25519 ${key}\n`, 'a'.repeat(399))).toEqual([]);
  });
});

const name = fc.constantFrom('web-7', 'web-77', 'WEB-7', 'db.example', 'x.db.example', '10.0.0.5', '10.0.0.55', '::1');
const target = fc.tuple(name, fc.constantFrom(22, 2222));
const pattern = fc.oneof(
  target.map(([host, port]) => (port === 22 ? host : `[${host}]:${port}`)),
  fc.constantFrom('*', '*.example', 'web-?', '10.0.0.*', '[*]:2222', '!web-7', '!*.example', '??b-7', '![web-7]:2222')
);
const line = fc.oneof(
  { weight: 6, arbitrary: fc.array(pattern, { minLength: 1, maxLength: 3 }).map((patterns) => patterns.join(',')) },
  { weight: 1, arbitrary: fc.constantFrom('@revoked web-7', '@cert-authority *.example') },
  { weight: 1, arbitrary: fc.constant('# remark') }
);

test.skipIf(spawnSync('ssh-keygen', ['-?']).error !== undefined)(
  'entries are found exactly as ssh-keygen -F finds them',
  () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'fleetmark-known-hosts-'));
    const file = path.join(dir, 'known_hosts');
    const oracle = (host: string, port: number) => {
      const { stdout } = spawnSync('ssh-keygen', ['-F', port === 22 ? host : `[${host}]:${port}`, '-f', file]);
      return [...stdout.toString().matchAll(/^# Host .* found: line (\d+)/gm)].map((found) => Number(found[1]));
    };
    let found = 0;
    try {
      fc.assert(
        fc.property(
          fc.array(line, { minLength: 1, maxLength: 6 }),
          target,
          fc.boolean(),
          (lines, [host, port], hashed) => {
            const text = lines.map((hosts) => `${hosts} ssh-ed25519 ${key}\n`).join('');
            writeFileSync(file, text, { mode: 0o600 });
            if (hashed) execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
            const expected = oracle(host.toLowerCase(), port);
            found += expected.length;
            expect(linesFor(readFileSync(file, 'utf8'), host, port)).toEqual(expected);
          }
        ),
        { numRuns: 60 }
      );
    } finally {
      rmSync(dir, { recursive: true });
    }
    expect(found).toBeGreaterThan(20);
  }
);
