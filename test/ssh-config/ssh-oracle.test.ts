import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSsh } from '../../src/ssh-config/ask-ssh.ts';
import { hostSettings } from '../../src/ssh-config/host-settings.ts';
import type { AskedHost, SshOptions } from '../../src/ssh-config/options.ts';
import { readSshConfig } from '../../src/ssh-config/read-ssh-config.ts';
import { folderWith } from '../support/temporary-folder.ts';

/** Each run starts ssh twice, which takes about 10 ms each. */
const runs = Number(process.env['FLEETMARK_ORACLE_RUNS'] || 150);
const seconds = 60_000 + runs * 200;

function hasSsh(): boolean {
  try {
    execFileSync('ssh', ['-G', '-F', 'none', '--', 'localhost'], { stdio: 'ignore' });
    return true;
  } catch {
    return process.env['CI'] === 'true';
  }
}

const account = { home: userInfo().homedir, user: userInfo().username, env: { ...process.env, FLEET: 'x/y' } };

/** What both say, with what is usual filled in; null: a refusal. */
function inWords(options: SshOptions, asked: AskedHost) {
  try {
    const { from: _from, ...said } = hostSettings(options, asked, account, false);
    const { host, port, user } = said;
    return {
      ...said,
      ...{ host: host ?? asked.host.toLowerCase(), port: asked.port ?? port ?? 22 },
      user: asked.user ?? user ?? account.user,
      onlyKeyFiles: said.onlyKeyFiles,
    };
  } catch {
    return 'refused';
  }
}

/** What is refused where there is no ssh, as docs/fleet.md says. */
const isDocumented = /which only ssh itself knows|takes ssh itself to/;

/** Comparisons of refusals alone would say little. */
let accepted = 0;

async function compare(files: Record<string, string>, asked: AskedHost): Promise<void> {
  const folder = folderWith({});
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, 'more'), { recursive: true });
    writeFileSync(join(folder, name), text.replaceAll('FOLDER', folder));
  }
  const file = join(folder, 'config');
  const ask = (await findSsh(file, account))!;
  const ssh = await ask(asked).then(
    ({ options }) => inWords(options, asked),
    (error: unknown) => (String(error).includes('jumphost loop') ? 'loop' : 'refused')
  );
  // Where ssh looks at one host, a loop is found here while the way is followed.
  if (ssh === 'loop') return;
  const own = await readSshConfig([{ file, folder, isOwn: false }], asked, account).then(
    ({ options }) => inWords(options, asked),
    (error: unknown) => (isDocumented.test(String(error)) ? 'for ssh alone' : 'refused')
  );
  if (own === 'for ssh alone') return;
  if (own !== 'refused') accepted += 1;
  expect(own).toEqual(ssh);
}

const names = ['web-1', 'Web-1', 'db.example.com', '10.0.0.7', 'bastion', 'fe80::1'];
const pattern = fc.constantFrom(
  ...['*', 'web-*', 'web-?', '!web-1', '!*', '*.example.com', '10.0.0.*', 'bastion', 'web-1', 'Web-1', '"web-1"', '?*'],
  ...['"web-1 bastion"', "'web-1'", 'web-1,bastion', '"!web-1"', 'fe80::*', '[w]eb-1', '!!web-1', '**', 'WEB-*']
);
const user = fc.constantFrom('bench', 'root', account.user, 'a.b', '"me"');
const file = fc.constantFrom(
  ...[
    '~/k',
    '~/.ssh/%h-%n',
    '/k/%r@%h:%p',
    '"/a b"',
    '/a\\ b',
    "'/q'",
    '%d/%u',
    '/x%%y',
    '/${FLEET}/k',
    'none',
    '/l/%L',
  ],
  ...[
    '/a"b c"d',
    '~',
    '/k # c',
    '/%k/x',
    '/%i',
    '/\\\\x',
    '/\\y',
    'rel/k',
    '~root/k',
    '/${NOPE}',
    '/%C',
    '"none"',
    'NONE',
    '"~/k"',
    '~/',
    '',
  ]
);
const yes = fc.constantFrom('yes', 'no', 'true', 'YES', 'false');
const word = fc.constantFrom(' ', '  ', '=', ' = ', '\t', '= ');
const option = fc
  .oneof(
    fc.tuple(
      fc.constantFrom('HostName', 'hostname', 'HOSTNAME'),
      word,
      fc.constantFrom('%h.lan', '10.1.1.1', 'Real', '"q.lan"', '%h', 'x%%y', 'fe80::1', 'a # c', '%n', 'a b', '', '""')
    ),
    fc.tuple(fc.constant('User'), word, user),
    fc.tuple(
      fc.constant('Port'),
      word,
      fc.constantFrom('22', '2222', '"23"', '022', '65535', '0', '65536', '22x', '22 # c')
    ),
    fc.tuple(fc.constant('IdentityFile'), word, file),
    fc.tuple(fc.constant('IdentitiesOnly'), word, yes),
    fc.tuple(
      fc.constant('IdentityAgent'),
      word,
      fc.constantFrom(
        'none',
        'SSH_AUTH_SOCK',
        '/run/a',
        '~/a-%h',
        '$FLEET',
        '"/run/b c"',
        '${FLEET}',
        '${NOPE}',
        'NONE',
        '/a b'
      )
    ),
    fc.tuple(
      fc.constant('ProxyJump'),
      word,
      fc.constantFrom(
        'none',
        'bastion',
        'me@bastion:2222',
        'a,b@c:1',
        '10.0.0.1',
        '[fe80::1]:23',
        '%r@b-%h',
        'ssh://u@h:24',
        'None',
        ...[
          'a , b',
          'a, b',
          'a b',
          'a # c',
          '"a,b"',
          'a@',
          '@a',
          'a:0',
          'a:99999',
          '[fe80::1]',
          'ssh://a/',
          'a,none',
          'fe80::1',
        ]
      )
    ),
    fc.tuple(
      fc.constant('ProxyCommand'),
      word,
      fc.constantFrom('none', 'ssh -W %h:%p bastion', 'ssh -q -W %h:%p -p 23 me@bastion', 'nc %h %p')
    ),
    fc.tuple(fc.constant('HostKeyAlias'), word, fc.constantFrom('alias', 'Alias.lan')),
    fc.tuple(
      fc.constant('UserKnownHostsFile'),
      word,
      fc.constantFrom(
        '~/kh',
        '/a /b',
        '/kh-%h-%k',
        'none',
        '/${FLEET}',
        '"/c"',
        '~/.ssh/%r %d/x',
        '"/a b"',
        '"/a b" /c',
        '/a\\ b',
        'none /a'
      )
    ),
    fc.tuple(fc.constant('GlobalKnownHostsFile'), word, fc.constantFrom('/g', 'none', '/g /h', '"/g h"', 'none /g')),
    fc.tuple(fc.constant('ServerAliveInterval'), word, fc.constantFrom('10')),
    fc.tuple(fc.constant('StrictHostKeyChecking'), word, fc.constantFrom('no', 'yes', 'accept-new'))
  )
  .map((parts) => parts.join(''));
const negation = fc.constantFrom('', '', '!');
const list = fc.array(
  fc.constantFrom('web-1', 'web-*', '!web-1', '*', 'real', '*.lan', 'bastion', 'BASTION', '10.?.*'),
  {
    minLength: 1,
    maxLength: 2,
  }
);
const criterion = fc.oneof(
  fc
    .tuple(
      negation,
      fc.constantFrom('host', 'originalhost', 'Host', 'OriginalHost'),
      fc.constantFrom(' ', '=', '  '),
      list
    )
    .map(([not, name, is, hosts]) => `${not}${name}${is}${hosts.join(',')}`),
  fc
    .tuple(
      negation,
      fc.constantFrom('user', 'localuser'),
      fc.constantFrom('root', 'bench,me', '*', '!bench,*', account.user)
    )
    .map(([not, name, users]) => `${not}${name} ${users}`),
  fc.constantFrom('all', 'canonical', 'final', 'exec true', 'user', 'bogus x')
);
const block = fc.oneof(
  fc.array(pattern, { minLength: 1, maxLength: 3 }).map((patterns) => `Host ${patterns.join(' ')}`),
  fc.array(criterion, { minLength: 1, maxLength: 2 }).map((criteria) => `Match ${criteria.join(' ')}`),
  fc.constantFrom(
    'Match all',
    'Host=web-1',
    'Host web-1 # bastion',
    'Match host web-1 #x',
    'Include FOLDER/more/*',
    'Include FOLDER/more/b.conf FOLDER/none',
    'Include "FOLDER/more/a.conf"',
    ...['Match', 'Host', 'Match !all', 'Match all host x', 'Match final all', 'Include', 'Include FOLDER/more/?.conf']
  )
);
const filler = fc.constantFrom('', '# c', '   ', '\t# x');
const text = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: option.map((line) => `  ${line}`) }, { weight: 2, arbitrary: block }, filler),
    {
      maxLength: 12,
    }
  )
  .map((lines) => lines.join('\n') + '\n');
const included = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: option },
      fc.array(criterion, { minLength: 1, maxLength: 2 }).map((criteria) => `Match ${criteria.join(' ')}`),
      fc.constantFrom(
        'Host',
        'Match user',
        'HostName',
        'Port 0',
        'Include FOLDER/more/b.conf',
        'IdentityFile "x',
        'Bogus x'
      ),
      fc.array(pattern, { minLength: 1, maxLength: 2 }).map((patterns) => `Host ${patterns.join(' ')}`)
    ),
    { maxLength: 4 }
  )
  .map((lines) => lines.join('\n'));
const asked = fc.record({
  host: fc.constantFrom(...names),
  port: fc.constantFrom(null, null, 2200),
  user: fc.constantFrom(null, null, 'bench'),
});

describe.skipIf(!hasSsh())('what is read is what ssh -G says', () => {
  test('of whole configurations', { timeout: seconds }, async () => {
    await fc.assert(
      fc.asyncProperty(text, included, included, asked, async (config, a, b, host) => {
        await compare({ config, 'more/a.conf': a, 'more/b.conf': b }, host);
      }),
      { numRuns: runs }
    );
    expect(accepted).toBeGreaterThan(runs / 4);
  });

  test('of values, with quotes, backslashes and comments wherever they like', { timeout: seconds }, async () => {
    const value = fc.string({ unit: fc.constantFrom(...`ab/ \t"'\\#=~%h`), minLength: 1, maxLength: 8 });
    const keyword = fc.constantFrom('IdentityFile', 'HostKeyAlias', 'UserKnownHostsFile');
    await fc.assert(
      fc.asyncProperty(keyword, word, value, async (name, is, written) => {
        // ssh -G writes several files into one line: only what begins with / or ~ can be told from a blank in a name.
        const text =
          name === 'UserKnownHostsFile'
            ? `"/${written.replace(/["'\\]/g, '').replace(/ +(?=[~/])/g, '')}"`
            : `/${written}`;
        await compare({ config: `Host *\n${name}${is}${text}\n` }, { host: 'web-1', port: null, user: null });
      }),
      { numRuns: runs }
    );
  });
});
