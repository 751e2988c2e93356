import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexKnownHosts, parseKnownHosts } from '../../../src/ssh/host-keys/known-hosts.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

function hashOf(name: string, salt = Buffer.alloc(20, name)): string {
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

function linesFor(text: string, host: string, port = 22): number[] {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return indexKnownHosts(parseKnownHosts(text, 'known_hosts'))
    .find(name)
    .map(({ line }) => line);
}

describe('a known_hosts file', () => {
  test('yields file, line, marker, type and key of each entry', () => {
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

  test('may have CRLF line ends, tabs and indented lines', () => {
    expect(linesFor(`  web-7\tssh-ed25519\t${key}\r\nweb-7 ssh-ed25519 ${key}\r\n`, 'web-7')).toEqual([1, 2]);
  });

  test('has no entry for lines with an unknown marker or without a key', () => {
    expect(linesFor(`@trusted web-7 ssh-ed25519 ${key}\nweb-7 ssh-ed25519\nweb-7\n@revoked\n`, 'web-7')).toEqual([]);
  });
});

describe('a hashed name', () => {
  test.each([1, 54, 55, 56, 63, 64, 65, 200])('of %i letters is found, regardless of earlier look-ups', (length) => {
    const names = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(length));
    const text = [...names, names[1]!].map((name) => `${hashOf(name)} ssh-ed25519 ${key}\n`).join('');
    const known = indexKnownHosts(parseKnownHosts(text, 'known_hosts'));
    const lines = (name: string) => known.find(name).map(({ line }) => line);
    for (const [index, name] of [...names.entries(), ...names.entries()]) {
      expect(lines(`${name}x`)).toEqual([]);
      expect(lines(name)).toEqual(index === 1 ? [2, 5] : [index + 1]);
    }
  });
});

describe('a line that ssh ignores', () => {
  test('revokes its key, if it has a tab after its marker', () => {
    const text = `@revoked\tweb-7 ssh-ed25519 ${key}\n`;
    expect(indexKnownHosts(parseKnownHosts(text, 'known_hosts')).find('web-7')).toMatchObject([{ marker: 'revoked' }]);
  });

  test('makes other keys unexpected, if its key type is unknown to ssh', () => {
    const blob = Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from('ssh-new'), Buffer.alloc(36)]);
    expect(linesFor(`web-7 ssh-new ${blob.toString('base64')}\n`, 'web-7')).toEqual([1]);
  });
});

describe('an entry', () => {
  test('without a port applies to port 22 only, and one with a port to that port only', () => {
    const text = `web-7 ssh-ed25519 ${key}\n[web-7]:2222 ssh-ed25519 ${key}\n`;
    expect(linesFor(text, 'web-7')).toEqual([1]);
    expect(linesFor(text, 'web-7', 2222)).toEqual([2]);
    expect(linesFor(text, 'web-7', 2223)).toEqual([]);
  });

  test('does not apply to a name that it negates', () => {
    const text = `*.example,!bad.example ssh-ed25519 ${key}\n`;
    expect(linesFor(text, 'good.example')).toEqual([1]);
    expect(linesFor(text, 'bad.example')).toEqual([]);
  });

  test('with dots and brackets is not a regular expression', () => {
    expect(linesFor(`a.b ssh-ed25519 ${key}\n`, 'axb')).toEqual([]);
  });

  test('with many asterisks is matched quickly', () => {
    expect(linesFor(`${'*a'.repeat(400)} ssh-ed25519 ${key}\n`, 'a'.repeat(399))).toEqual([]);
  });
});

const ed25519 = `ssh-ed25519 ${key}`;
const ecdsa =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHHCNrAV428sJ1jUs8vJMD6VQPlXjtjKxiUZ1nICx+tySHFsFryhnoV7FQlQ171gw4fHPEDvaaXsYOWwA4rgzVk=';
const name = fc.constantFrom('web-7', 'web-77', 'WEB-7', 'db.example', 'x.db.example', '10.0.0.5', '10.0.0.55', '::1');
const target = fc.tuple(name, fc.constantFrom(22, 2222));
const pattern = fc.oneof(
  target.map(([host, port]) => (port === 22 ? host : `[${host}]:${port}`)),
  fc.constantFrom('*', '*.example', 'web-?', '10.0.0.*', '[*]:2222', '!web-7', '!*.example', '??b-7', '![web-7]:2222'),
  fc.constantFrom('', '!', '**', '\u00e4*', `${'*'.repeat(1022)}`, `${'*'.repeat(1023)}`, '!!web-7', 'web-7\r', '|')
);
const plainNames = fc.array(pattern, { minLength: 1, maxLength: 3 }).map((patterns) => patterns.join(','));
const hashedName = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(target, fc.uint8Array({ minLength: 20, maxLength: 20 }))
      .map(([[host, port], salt]) =>
        hashOf((port === 22 ? host : `[${host}]:${port}`).toLowerCase(), Buffer.from(salt))
      ),
  },
  fc.constantFrom('|1|', '|2|a|b', '|1|AAAA|AAAA', `${hashOf('web-7')},web-7`, `web-7,${hashOf('web-7')}`),
  fc.constantFrom(hashOf('web-7', Buffer.alloc(19)), hashOf('web-7').slice(0, -1), hashOf('web-7', Buffer.alloc(21)))
);
const blank = fc.constantFrom(' ', ' ', '\t', '  ', ' \t ');
const fields = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(ed25519, ecdsa, `${ed25519} laura@example`, `${ed25519}  # remark`) },
  fc.constantFrom(ed25519.replace(' ', ' \t'), ed25519.replace('ssh-ed25519', 'ssh-rsa'), `${ecdsa.slice(0, -5)}`),
  fc.constantFrom('ssh-ed25519', 'ssh-ed25519 #', '# ssh-ed25519', `${ed25519}=`, `${ed25519}!`, `ED25519 ${key}`, ''),
  fc.constantFrom(`ssh-ed25519 ${key.slice(0, 20)}\r${key.slice(20)}`, '256 65537 1234567', `${ed25519}\u00a0`)
);
// No tab after a marker: see above.
const marker = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  fc.constantFrom('@revoked ', '@cert-authority ', '@revoked   ', '@trusted ', '@revoked @revoked ', '@', '@ ')
);
const indent = fc.constantFrom('', '', '', ' ', '\t', '\u00a0', '\r');
const line = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(indent, marker, fc.oneof(plainNames, hashedName), blank, fields, fc.constantFrom('', '', ' ', '\r'))
      .map((parts) => parts.join('')),
  },
  fc.constantFrom('', '# remark', '   ', '\t# remark', '\r', `# ${ed25519}`)
);

test.skipIf(spawnSync('ssh-keygen', ['-?']).error !== undefined)(
  'entries are found exactly as ssh-keygen -F finds them',
  () => {
    const dir = temporaryFolder('known-hosts');
    const file = path.join(dir, 'known_hosts');
    // With -l, ssh-keygen also parses the keys; ssh skips lines with invalid keys.
    const oracle = (host: string, port: number) => {
      const { stdout } = spawnSync('ssh-keygen', ['-l', '-F', port === 22 ? host : `[${host}]:${port}`, '-f', file]);
      return [...stdout.toString().matchAll(/^# Host .* found: line (\d+)/gm)].map((found) => Number(found[1]));
    };
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        target,
        fc.constantFrom('\n', '\n', '\r\n'),
        fc.boolean(),
        (lines, [host, port], end, isHashed) => {
          writeFileSync(file, lines.join(end), { mode: 0o600, encoding: 'latin1' });
          // It does not change a file that has an invalid line.
          if (isHashed) spawnSync('ssh-keygen', ['-H', '-f', file]);
          const expected = oracle(host.toLowerCase(), port);
          found += expected.length;
          expect(linesFor(readFileSync(file, 'latin1'), host, port)).toEqual(expected);
        }
      ),
      { numRuns: 300 }
    );
    expect(found).toBeGreaterThan(50);
  }
);
