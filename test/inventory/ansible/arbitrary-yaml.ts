import fc from 'fast-check';

const group = fc.constantFrom('web', 'db', 'hall-1', 'hall2', 'x_y', '9', 'all', 'ungrouped', 'a');
const hostPattern = fc.constantFrom(
  ...[
    'a',
    'b-1',
    'c[1:3]',
    'c[01:03]',
    '10.0.0.[9:11]',
    '2001:db8::1',
    'a:2222',
    'd[a:c]:24',
    'web',
    '22',
    'a.:22',
    'on',
  ]
);
const value = fc.constantFrom<unknown>('root', 22, '022', 'fe80::1', null, '10.0.0.1', true, 7, 'y', '1e3');
const plugins = ['ssh', 'local', 'winrm', 'x', 'community.docker.docker', 'ansible.legacy.ssh'];
const variables = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.dictionary(
      fc.constantFrom('ansible_host', 'ansible_port', 'ansible_user', 'ansible_ssh_user', 'ansible_password', 'x'),
      value,
      { maxKeys: 3 }
    ),
  },
  fc.record(
    {
      ansible_connection: fc.constantFrom<unknown>(...plugins, '', null, '{{ x }}', true, 7),
      x: fc.constantFrom(...plugins),
      ansible_port: value,
    },
    { requiredKeys: ['ansible_connection'] }
  )
);
const { tree } = fc.letrec<{ tree: unknown; groups: unknown }>((tie) => ({
  tree: fc.record(
    {
      hosts: fc.dictionary(hostPattern, fc.option(variables), { maxKeys: 4 }),
      vars: variables,
      children: tie('groups'),
    },
    { requiredKeys: [] }
  ),
  groups: fc.dictionary(group, fc.option(tie('tree'), { depthSize: 'small' }), { maxKeys: 3 }),
}));
/** Every string is quoted. */
export const inQuotes = fc.dictionary(group, tree, { maxKeys: 3 }).map((each) => JSON.stringify(each, null, 1));

/** In block style, with unquoted scalars that YAML 1.1 may read as other types, and anchors. */
const scalar = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('root', '22', '10.0.0.1', '"me"', '2222') },
  fc.constantFrom(
    ...[
      '022',
      '0o22',
      '0x16',
      '1_0',
      '1e3',
      '1.5',
      '1.0',
      '1.0e+3',
      '~',
      'null',
      'yes',
      'on',
      'y',
      'n',
      'True',
      "'it''s'",
      '"a\\tb"',
      '09',
    ],
    ...[
      'fe80::1',
      '190:20',
      '08:30',
      '2001-01-01',
      '',
      '!unsafe x',
      '!unsafe "{{x}}"',
      '"{{ x }}"',
      '[1]',
      '{a: 1}',
      '-.5',
    ],
    ...[
      '|\n          x',
      '>-\n          x y',
      'a #b',
      'a#b',
      '"a" # c',
      '+22',
      '0',
      '00',
      '12:30:45',
      'NULL',
      '1__0',
      '0b11',
    ]
  )
);
const key = fc.constantFrom(
  'ansible_host',
  'ansible_port',
  'ansible_user',
  'ansible_ssh_user',
  'ansible_password',
  'x'
);
const connection = fc.tuple(
  fc.constantFrom('ansible_connection', 'ansible_connection', 'x'),
  fc.constantFrom(...plugins, '', '""', '~', '"{{ x }}"', '{{ x }}', "'local' # c", 'yes', '!unsafe local')
);
const settings = fc.uniqueArray(fc.oneof({ weight: 6, arbitrary: fc.tuple(key, scalar) }, connection), {
  maxLength: 3,
  selector: ([each]) => each,
});
const host = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b-1', 'c[1:3]', 'web', '10.0.0.[9:11]', '"a:2222"', 'a:23') },
  fc.constantFrom(
    '22',
    '"22"',
    'on',
    '"on"',
    'null',
    '0x1f',
    '1.5',
    '2001-01-01',
    '12:30',
    '"12:30"',
    '"12"',
    'y',
    '1e3',
    '09',
    '"a.:22"',
    '::1'
  )
);
const anchor = fc.oneof({ weight: 6, arbitrary: fc.constant('') }, fc.constantFrom(' &m', ' &n'));
const hostLines = fc
  .tuple(host, anchor, settings, fc.constantFrom('', '', '', '<<: *m', '<<: [*m, *n]', '<<: { ansible_user: merged }'))
  .map(([each, mark, pairs, merge]) => {
    const lines = [...pairs.map(([k, v]) => `        ${k}: ${v}`), ...(merge === '' ? [] : [`        ${merge}`])];
    return { each, text: [`      ${each}:${lines.length > 0 ? mark : ''}`, ...lines].join('\n') };
  });
const groupName = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('web', 'db', 'all', 'x_y', 'ungrouped', 'hall-1') },
  fc.constantFrom('9', '"9"', 'on', 'y', '0x1f', 'null', 'a')
);
/** Settings of a group. With an address, ids that are not host names, such as `22`, are accepted. */
const groupSettings = fc.oneof(
  settings,
  settings.map((pairs) => [['ansible_host', '10.0.0.1'], ...pairs.filter(([each]) => each !== 'ansible_host')] as const)
);
const groupLines = fc
  .tuple(
    groupName,
    fc.uniqueArray(hostLines, { minLength: 1, maxLength: 3, selector: ({ each }) => each }),
    groupSettings,
    fc.constantFrom(
      '',
      '',
      '',
      '  children: web\n',
      '  children: { db: , x_y: { hosts: { a } } }\n',
      '  children:\n',
      '  vars:\n'
    )
  )
  .map(([each, hosts, pairs, more]) => {
    const vars =
      pairs.length === 0 || more.includes('vars')
        ? ''
        : `  vars:\n${pairs.map(([k, v]) => `    ${k}: ${v}\n`).join('')}`;
    return { each, text: `${each}:\n${vars}${more}  hosts:\n${hosts.map(({ text }) => `${text}\n`).join('')}` };
  });
export const written = fc
  .tuple(
    fc.constantFrom('', '', '', '---\n', '# c\n', '%YAML 1.1\n---\n'),
    fc.uniqueArray(groupLines, { minLength: 1, maxLength: 3, selector: ({ each }) => each }),
    fc.constantFrom('\n', '\n', '\r\n'),
    fc.constantFrom('', '', '...\n', '\n')
  )
  .map(([first, groups, end, last]) => (first + groups.map(({ text }) => text).join('') + last).replaceAll('\n', end));

export const yaml = fc.oneof(inQuotes, written);
