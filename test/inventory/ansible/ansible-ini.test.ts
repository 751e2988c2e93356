import { expect, test } from 'vitest';
import { hostileValues } from '../../support/hostile-values.ts';
import { readAnsibleIni } from '../../../src/inventory/ansible/ansible-ini.ts';

const mistakes = (text: string) => readAnsibleIni(text).mistakes.map(({ line, message }) => `${line}: ${message}`);

test.each([
  ['[web\nweb-1', '1: "[web" has a "[" without a "]"'],
  ['[web servers]\nweb-1', '1: "[web servers]" is not a section such as [web], [prod:children] or [web:vars]'],
  ['[web:hosts ]', '1: "[web:hosts ]" is not a section such as [web], [prod:children] or [web:vars]'],
  ['[web:var]\na=b', '1: "[web:var]" is not a section: only children or vars can follow the ":"'],
  ['a\n[web:vars]\nx=1', '2: [web:vars] is for a group that this file does not define'],
  ['a\n[prod:children]\nweb', '3: this file does not define the group "web"'],
  ['[web]\na\n[web:children]\nweb', '1: the group "web" is its own ancestor, or nested more than 100 levels'],
  ['[b]\nx\n[a:children]\nb\n[b:children]\na', '1: the group "b" is its own ancestor, or nested more than 100 levels'],
  ['[a:children]\nall', '2: all cannot be below another group'],
  ['[a:children]\nungrouped', '2: ungrouped cannot be below another group'],
  ['[a]\nx\n[a:children]\nb c', '4: "b c" is not the name of a group, and [a:children] is a list of groups'],
  ['[a]\nx\n[a:vars]\nhunter2', '4: is not key=value, and [a:vars] is a list of variables'],
  ['a ansible_password=hunter2 is it', '1: word 3 is not key=value; a value with blanks needs quotes'],
  ['a ansible_host=b ; ours', '1: word 3 is not key=value; a comment after a host begins with #'],
  ['a ansible_host = b', '1: word 2 is not key=value; a value with blanks needs quotes'],
  ["a ansible_password='hunter2", '1: has an unclosed single quote'],
  ['a ansible_password="hunter2\\', '1: ends with a backslash'],
  [
    'ansible_password=hunter2',
    '1: ansible_password=... is a variable where a host is expected; those go under [group:vars]',
  ],
  ['a[1:3', '1: "a[1:3" has a "[" without a "]"'],
  ['a[3:1]', '1: "a[3:1]": "[3:1]" ends before it begins'],
  ['a[01:100]', '1: "a[01:100]": "[01:100]" begins and ends with different numbers of digits'],
  ['a[1:03]', '1: "a[1:03]": "[1:03]" begins and ends with different numbers of digits'],
  ['a[1:9:0]', '1: "a[1:9:0]": "[1:9:0]" has a step of 0'],
  ['a[a:3]', '1: "a[a:3]": "[a:3]" is not a range such as [1:8] or [01:20]'],
  ['a[:3]', '1: "a[:3]": "[:3]" is not a range such as [1:8] or [01:20]'],
  ['a[1:3]]', '1: "a[1:3]]" has a bracket that is not a range'],
  ['[1:2]:22', '1: "[1:2]:22" is not host:port to Ansible; write ansible_port=...'],
  ['a[1-3]', '1: "a[1-3]": "[1-3]" is not a range such as [1:8] or [01:20]'],
  ['a[1:999999]', '1: "a[1:999999]": "[1:999999]" expands to more than 100000 names'],
  ['a[1:999]b[1:999]', '1: "a[1:999]b[1:999]" expands to more than 100000 names'],
  ['a[1:99999]\nb[1:99999]', '2: more than 100000 servers'],
  ['a[1:1][1:1][1:1][1:1][1:1][1:1][1:1][1:1][1:1]', `1: "a${'[1:1]'.repeat(9)}" has more than 8 brackets`],
  ['::', '1: "::" ends in ":" without a port'],
  ['[web]\nall', '2: "all" is reserved for the group of all servers; rename this host'],
  ['a:', '1: "a:" ends in ":" without a port'],
  ['a:99999', '1: a: ansible_port "99999" is not a port: 1 to 65535'],
  ['bench@a', '1: "bench@a" is not a host; write the user as ansible_user=...'],
  ['{{ x }}', '1: word 2 is not key=value; a value with blanks needs quotes'],
  ['"{{ x }}"', '1: "{{ x }}" is a template, which only Ansible can fill in'],
  ['10', '1: "10" is not a host name; give it an ansible_host'],
  ['a ansible_host={{x}}', '1: a: ansible_host is a template with "x", which is not set for this host'],
  [
    '[g]\na[1:3]\n[g:vars]\nansible_user={% x %}',
    '4: a1 and 2 more: ansible_user is a template with more than {{ name }}; write the value instead',
  ],
  ['a ansible_host=1.5', '1: a: ansible_host needs quotes: YAML 1.1, YAML 1.2 and Python read it differently'],
  ['a ansible_user=True', '1: a: ansible_user needs quotes: YAML 1.1, YAML 1.2 and Python read it differently'],
  ['a ansible_port=x', '1: a: ansible_port "x" is not a port: 1 to 65535'],
  ['a ansible_port=0', '1: a: ansible_port "0" is not a port: 1 to 65535'],
  [
    '[g]\na\n[g:vars]\nansible_user=root # boss',
    '4: a: ansible_user "root # boss" is not a valid user name; a comment needs a line of its own here',
  ],
  [
    'a fleetmark_host_key=MD5:36:6a:55:f1:10:ea:0b:ee:c0:0d:a1:15:9c:6f:63:57',
    '1: a: fleetmark_host_key is an MD5 fingerprint, which can be forged; use the SHA256 fingerprint that ssh-keygen -lf shows',
  ],
  [
    'a fleetmark_host_key=ssh-ed25519',
    '1: a: fleetmark_host_key must be a fingerprint as ssh-keygen -lf shows it: SHA256: and 43 characters of base64',
  ],
  [
    'a ansible_connection="local x"',
    '1: a: ansible_connection is "local x", which is not a valid name of a connection plugin',
  ],
  ['a ansible_ssh_executable=/opt/ssh', '1: a: ansible_ssh_executable is not supported'],
  ['a ansible_private_key=hunter2', '1: a: ansible_private_key is not supported'],
  ['[g]\na\n[g:vars]\nansible_group_priority=high', '4: ansible_group_priority is not a whole number'],
  ['a\u000cb', '1: contains a control character'],
  ['# a\u2028b', '1: contains a control character'],
  ['[web]\na\n[all]\nweb', '4: web is both a group and a host without a group; rename one'],
  ['::1\n0--1', '2: ::1 and 0--1 have the same server id; rename one'],
  ['[b b]\na b c', '1: "[b b]" is not a section such as [web], [prod:children] or [web:vars]'],
  [
    '[w\u00e9b!]\na',
    '1: "w\u00e9b!" is not a valid group name: letters, digits, ".", "_" and "-", at most 100 characters',
  ],
])('%j is a mistake, and has no servers', (text, mistake) => {
  expect(mistakes(text)).toEqual([mistake]);
  expect(readAnsibleIni(text).entries).toEqual([]);
  expect(mistake).not.toMatch(/hunter2/);
});

test.each(['1e3', '0x1f', '1_0', '+7', '1.5', '1j', 'None', '[1]', 'r"x"', "'a' 'b'", '22,', 'set()', '"""a"""'])(
  '%s, which Python does not read as this text, needs quotes in a variable that is read',
  (value) => {
    const inventory = (name: string) => readAnsibleIni(`[g]\na\n[g:vars]\n${name}=${value}`);
    expect(inventory('ansible_private_key_file').mistakes).toMatchObject([{ line: 4, needsAnsible: true }]);
    expect(inventory('app')).toMatchObject({ mistakes: [], entries: [{ serverId: 'a' }] });
  }
);

test.each(['web-[a:f]', 'db[A:C:2].example.com:22', 'rack[1:2]-[x:z]'])(
  '%s has a range of letters, which is left to Ansible',
  (pattern) => {
    const message = `"${pattern}" has a range of letters, which only Ansible expands; list the names`;
    expect(readAnsibleIni(pattern)).toMatchObject({
      entries: [],
      mistakes: [{ line: 1, message, needsAnsible: true }],
    });
  }
);

test('jump hosts are those that ssh would use', () => {
  const text = (args: string) => `[dmz]\nweb[1:2]\n[dmz:vars]\nansible_ssh_common_args=${args}\n`;
  const of = (args: string) => readAnsibleIni(text(args)).entries.map(({ jumps }) => jumps);
  const bastion = { host: 'bastion', port: 2222, user: 'me' };
  const second = { host: '10.0.0.2', port: null, user: null };
  expect(of("'-o ProxyJump=me@bastion:2222 -C'")).toEqual([[bastion], [bastion]]);
  expect(of("'-C -J me@bastion:2222,10.0.0.2 -J other'")[0]).toEqual([bastion, second]);
  expect(of('\'-o ProxyCommand="ssh -W %h:%p -q -p 2222 me@bastion"\'')[0]).toEqual([bastion]);
  expect(of("'-o ProxyJump=none'")[0]).toEqual([]);
  expect(of("'-C'")[0]).toBeNull();
});

test('of several variables with ssh arguments, the first one on the command line of ssh wins', () => {
  const { entries } = readAnsibleIni("a ansible_ssh_extra_args='-J x' ansible_ssh_common_args='-J y'");
  expect(entries[0]!.jumps).toEqual([{ host: 'y', port: null, user: null }]);
});

test.each([
  ['-o ProxyCommand="ssh -W other:22 bastion"', 'option "ProxyCommand"'],
  ['-o ProxyCommand="ssh -W %h:%p bastion; reboot"', 'option "ProxyCommand"'],
  ['-J -oProxyCommand=x', 'option "ProxyJump"'],
  ['-J "a b"', 'option "ProxyJump"'],
  ['-oProxyCommand=x', 'option "ProxyCommand"'],
  ['-F /etc/other', 'argument "-F"'],
  ['-o HostName=x', 'option "HostName"'],
  ['-W x:22', 'argument "-W"'],
  ['-4', 'argument "-4"'],
  ['-o "Port x"', 'option "Port"'],
  ['-l -x', 'option "User"'],
  ['-i a -i b', 'option "IdentityFile"'],
  ['-i %d/key', 'option "IdentityFile"'],
])('%s, which changes the route, is refused', (value, named) => {
  const hint = named.endsWith('"ProxyCommand"') ? '; write "ssh -W %h:%p BASTION", or -o ProxyJump=USER@BASTION' : '';
  expect(mistakes(`a ansible_ssh_extra_args='${value}'`)).toEqual([
    `1: a: ansible_ssh_extra_args has the unsupported ${named}${hint}`,
  ]);
});

test('arguments with an unclosed quote are refused', () => {
  expect(mistakes('[g]\na\n[g:vars]\nansible_ssh_args=-o ProxyJump="b')).toEqual([
    '4: a: ansible_ssh_args has an unclosed double quote',
  ]);
});

test.each([
  '-o ProxyJump=none',
  '-C -q',
  '-o ControlMaster=auto -o ControlPersist=60s',
  '-o "ServerAliveInterval 30"',
  '',
])('%j does not change the route to a server', (value) => {
  expect(mistakes(`a ansible_ssh_common_args='${value}'`)).toEqual([]);
});

test('variables that do not concern the connection may have any value', () => {
  const text =
    "a motto='{{ x }}' key=\"{'a': [1]}\"\n[all:vars]\nsecret = !vault\nx = \nansible_become_pass={{ vault }}";
  expect(mistakes(text)).toEqual([]);
});

test.each([
  ['host', (value: string) => value],
  ['ansible_host', (value: string) => `a ansible_host=${value}`],
  ['ansible_host in quotes', (value: string) => `a ansible_host=${JSON.stringify(value)}`],
  ['ansible_user', (value: string) => `a ansible_user=${value}`],
  ['ansible_port', (value: string) => `a ansible_port=${value}`],
  ['group', (value: string) => `[${value}]\na`],
  ['child', (value: string) => `[g:children]\n${value}\n`],
  ['fleetmark_host_key', (value: string) => `[all]\na\n[all:vars]\nfleetmark_host_key=${value}`],
  ['ansible_ssh_common_args', (value: string) => `[all]\na\n[all:vars]\nansible_ssh_common_args=${value}`],
])('a hostile %s is refused in one short printable line, or has no effect', (_, text) => {
  for (const value of hostileValues) {
    const { entries, mistakes: found } = readAnsibleIni(text(value));
    for (const { message } of found) expect(message).toMatch(/^\P{C}{1,300}$/u);
    for (const { host, user } of entries.filter(({ skip }) => skip === undefined))
      expect(`${host} ${user}`).toMatch(/^[ab]+(?:\.[ab])? (?:null|[ab]+)$/);
  }
});

test('a host with the name of a group sets variables of the group if the section of the group comes first', () => {
  const userOf = (text: string) => readAnsibleIni(text).entries.map(({ serverId, user }) => [serverId, user]);
  const child = '[site:children]\na\n';
  expect(userOf(`${child}[web]\na ansible_user=me\n[a]\nb\n`)).toEqual([
    ['a', 'me'],
    ['b', null],
  ]);
  expect(userOf(`${child}[a]\nb\n[web]\na ansible_user=me\n`)).toEqual([
    ['b', 'me'],
    ['a', null],
  ]);
});
