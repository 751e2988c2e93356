import fc from 'fast-check';

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>('root', 22, '22', '022', null, '10.0.0.1', '') },
  fc.constantFrom<unknown>(
    { __ansible_unsafe: '{{x}}' },
    { __ansible_vault: 'x' },
    '{{ x }}',
    true,
    0,
    1.5,
    'fe80::1',
    ' 22 '
  )
);
const plugin = fc.constantFrom<unknown>(
  ...['ssh', 'local', 'x', 'community.docker.docker', 'ansible.legacy.ssh', '', null, '{{ x }}', true, 7],
  { __ansible_unsafe: '{{ x }}' }
);
const variables = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.dictionary(
      fc.constantFrom('ansible_host', 'ansible_port', 'ansible_user', 'ansible_ssh_user', 'ansible_password', 'x'),
      value,
      { maxKeys: 2 }
    ),
  },
  fc.record(
    { ansible_connection: plugin, x: fc.constantFrom('ssh', 'local'), ansible_port: value },
    { requiredKeys: ['ansible_connection'] }
  )
);
const group = fc.constantFrom('web', 'db', 'all', 'ungrouped', 'hall-1', '9', 'x_y', 'z');
/** Without group names: a program would set the variables of the group, not of the host. */
const host = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b-1', '10.0.0.1', '::1', 'localhost', '1x', '10') },
  fc.constantFrom('c[1:3]', 'a:2222', '[::1]:22', 'x y')
);
const one = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      { hosts: fc.array(host, { maxLength: 3 }), children: fc.array(group, { maxLength: 2 }), vars: variables },
      { requiredKeys: [] }
    ),
  },
  { weight: 2, arbitrary: fc.array(host, { maxLength: 3 }) },
  fc.constantFrom<unknown>(null, 'x', { x: 1 }, { hosts: null }, { children: null }, { vars: null }, { hosts: [1] })
);
const meta = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(host, variables, { maxKeys: 2 }).map((hostvars) => ({ hostvars })) },
  fc.constantFrom<unknown>(
    {},
    { hostvars: {} },
    { hostvars: null },
    { hostvars: {}, profile: 'inventory_legacy' },
    null
  )
);

/** The output of an inventory program. */
export const list = fc
  .tuple(fc.option(meta, { freq: 6 }), fc.dictionary(group, one, { minKeys: 1, maxKeys: 4 }), fc.boolean())
  .map(([of, groups, isFirst]) =>
    JSON.stringify(of === null ? groups : isFirst ? { _meta: of, ...groups } : { ...groups, _meta: of }, null, 1)
  )
  .chain((text) => fc.constantFrom('1.5', '1.0', '1e3').map((float) => text.replaceAll(': 1.5', `: ${float}`)));
