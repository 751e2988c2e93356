import fc from 'fast-check';

const hostPattern = fc.constantFrom(
  ...['a', 'b-1', 'b-2.example.com', 'c[1:3]', 'c[01:03]', 'd[a:c]', 'd[Y:B]', 'e[0:8:4]-[7:8]', 'e[:2]', 'c[1:03]'],
  ...['10.0.0.[9:11]', '2001:db8::[1:2]', 'a:2222', 'c[2:5]:23', '[2001:db8::1]:24', 'web', 'db', 'A', '1x', '[1:2]y'],
  ...['localhost', '127.0.0.1', 'all', 'a.:22', 'a_:22', 'a..b:22', '_a:22', 'a.', '::', '::1', 'e[:2]:22', '[a]:22'],
  ...['x[001:003]', 'x[z:Z]', 'x[1:9:2]y[0:4:2]', '"a"', "'b'-1", 'a\\-1', 'a#b', 'a:00022', '2001:DB8::A', '[1:2]:22']
);

const name = fc.constantFrom(
  ...['ansible_host', 'ansible_ssh_host', 'ansible_port', 'ansible_ssh_port', 'ansible_user', 'ansible_ssh_user'],
  ...[
    'ansible_private_key_file',
    'ansible_ssh_private_key_file',
    'ansible_connection',
    'ansible_group_priority',
    'other',
  ]
);
/** Mostly valid values for each variable; otherwise hardly any inventory would be accepted. */
const suiting = fc.oneof(
  fc.tuple(
    fc.constantFrom('ansible_host', 'ansible_ssh_host'),
    fc.constantFrom('10.0.0.1', 'r.example.com', '"10.0.0.2"')
  ),
  fc.tuple(fc.constantFrom('ansible_host', 'ansible_ssh_host'), fc.constantFrom("'x-1'", 'fe80::1%eth0', 'None', '0x')),
  fc.tuple(fc.constantFrom('ansible_port', 'ansible_ssh_port'), fc.constantFrom('22', '022', '"2222"', "'23'", '+24')),
  fc.tuple(fc.constantFrom('ansible_port', 'ansible_ssh_port'), fc.constantFrom('65535', '25 # c', '"26"#c', 'None #')),
  fc.tuple(
    fc.constantFrom('ansible_user', 'ansible_ssh_user'),
    fc.constantFrom('root', '"me"', "'me'", '7', 'me#c', '')
  ),
  fc.tuple(
    fc.constantFrom('ansible_user', 'other'),
    fc.constantFrom('True', '007', 'a.b@c', 'None', '3com', 'r"x"', '1e3')
  ),
  fc.tuple(
    fc.constant('ansible_connection'),
    fc.constantFrom('ssh', 'local', '"winrm"', 'community.docker.docker', 'ansible.legacy.ssh', '', 'None', '{{other}}')
  ),
  fc.tuple(fc.constant('fleetmark_host_key'), fc.constantFrom("'SHA256:' + 'x'", '""', 'SHA256', 'None')),
  fc.tuple(fc.constant('ansible_group_priority'), fc.constantFrom('2', '10', '-1', '1', '"3"', '0'))
);
/** Almost any text is a valid path. */
const path = fc.tuple(
  fc.constantFrom('ansible_private_key_file', 'ansible_ssh_private_key_file'),
  fc.oneof(
    fc.constantFrom(
      '~/.ssh/k',
      '"/a b"',
      'a\\ b',
      '/x=y',
      "'~/k' # c",
      'k;k',
      '{{ x',
      '(1)',
      '- 1',
      '1 + 1',
      '...#',
      '22,'
    ),
    fc.constantFrom(
      'None,',
      'set()',
      '"a" "b"',
      '"""x"""',
      '...',
      '1_0',
      '0_0',
      '0o7',
      '.5',
      '1j',
      '--1',
      '7\u00a0',
      'true'
    ),
    fc.string({ unit: fc.constantFrom(...`ab10"'\\#+-_.ejxn ()[],:`), maxLength: 6 })
  )
);
const setting = fc.oneof(
  { weight: 4, arbitrary: suiting },
  { weight: 2, arbitrary: path },
  fc.tuple(name, fc.constant('x'))
);
const assignment = setting.chain(([key, value]) =>
  fc.constantFrom(
    `${key}=${value}`,
    `${key}=${value}`,
    `"${key}=${value.replace(/(["\\])/g, '\\$1')}"`,
    `${key}="${value}"`
  )
);
const spaced = fc
  .tuple(setting, fc.constantFrom('=', ' = ', '  =', '=\t'))
  .map(([[key, value], is]) => key + is + value);

const blank = fc.constantFrom(' ', ' ', '  ', '\t');
const comment = fc.constantFrom('', '', '', ' # c', '  #', '#c');
const usualHost = fc.constantFrom('a', 'b-1', 'c[1:3]', 'web', '10.0.0.[9:11]');
const hostLine = fc
  .tuple(
    fc.oneof({ weight: 2, arbitrary: usualHost }, hostPattern),
    fc.array(fc.tuple(blank, assignment), { maxLength: 2 }),
    comment
  )
  .map(([host, more, end]) => host + more.flat().join('') + end);

const group = fc.constantFrom('web', 'db', 'hall-1', 'hall2', 'x_y', '9', 'all', 'ungrouped', 'a');
const section = fc.oneof(
  { weight: 3, arbitrary: fc.record({ head: group, lines: fc.array(hostLine, { maxLength: 3 }) }) },
  fc.record({ head: group.map((each) => `${each}:vars`), lines: fc.array(spaced, { minLength: 1, maxLength: 3 }) }),
  fc.record({
    head: group.map((each) => `${each}:children`),
    lines: fc.array(
      fc.tuple(group, comment).map(([each, end]) => each + end),
      { maxLength: 2 }
    ),
  }),
  fc.record({ head: group.map((each) => `${each}:hosts`), lines: fc.array(hostLine, { maxLength: 1 }) })
);

const whole = fc
  .tuple(
    fc.array(hostLine, { maxLength: 2 }),
    fc.array(fc.tuple(section, comment), { maxLength: 5 }),
    fc.constantFrom('\n', '\n', '\r\n')
  )
  .map(([first, sections, end]) =>
    [
      ...first,
      ...sections.flatMap(([{ head, lines }, c]) => [`[${head}]${c}`, ...lines.map((line) => `  ${line}`), '; c', '']),
    ].join(end)
  );

/** Several groups that set a variable: which one wins depends on depth, priority and name. */
const among = fc.constantFrom('g1', 'g2', 'g3', 'g4', 'g5');
const holder = fc.oneof({ weight: 5, arbitrary: among }, fc.constantFrom('all', 'ungrouped'));
const layers = fc
  .tuple(
    fc.array(
      fc.oneof(
        fc
          .tuple(holder, fc.constantFrom('1', '2', '10', '-1'))
          .map(([g, n]) => `[${g}:vars]\nansible_group_priority=${n}`),
        { weight: 2, arbitrary: fc.tuple(holder, fc.nat(99)).map(([g, n]) => `[${g}:vars]\nansible_user=u${n}`) },
        { weight: 2, arbitrary: fc.tuple(among, among).map(([a, b]) => (a < b ? `[${a}:children]\n${b}` : `[${a}]`)) },
        fc.tuple(holder, fc.constantFrom('h1', 'h2', 'g1', 'h1:23', 'h[1:2]')).map(([g, h]) => `[${g}]\n${h}`)
      ),
      { minLength: 4, maxLength: 14 }
    ),
    fc.shuffledSubarray(['g1', 'g2', 'g3', 'g4', 'g5'], { minLength: 5 })
  )
  .map(([lines, groups]) => [...lines, ...groups.map((each) => `[${each}]`)].join('\n'));

export const ini = fc.oneof({ weight: 3, arbitrary: whole }, layers);
