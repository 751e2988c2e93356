import { expect, test } from 'vitest';
import { inventoryFormat, readInventory } from '../../../src/config/inventory/read-inventory.ts';

test.each([
  ['hosts.yml', '', 'Ansible YAML'],
  ['hosts.YAML', 'web-1', 'Ansible YAML'],
  ['hosts.ini', 'web-1', 'Ansible INI'],
  ['hosts.cfg', 'web-1', 'Ansible INI'],
  ['hosts.json', '', 'Ansible JSON'],
  ['hosts', '# x\n  {"all": {}}', 'Ansible JSON'],
  ['hosts', '# x\n---\nall:', 'Ansible YAML'],
  ['hosts', 'all:\n  hosts:\n', 'Ansible YAML'],
  ['hosts.txt', 'web-1\nweb-2 ansible_host=10.0.0.1', 'Ansible INI'],
  ['hosts', 'web-1\n[web]\nweb-2', 'Ansible INI'],
  ['hosts', '[web:children] # x\n', 'Ansible INI'],
  ['hosts', 'web[01:20].example.com', 'Ansible INI'],
  ['hosts', 'web-[a:f]:22', 'Ansible INI'],
  ['hosts', 'web-1\n; x', 'Ansible INI'],
  ['-', 'web-1', 'plain list'],
  ['hosts.production', 'web-1\nbench@web-2:22', 'plain list'],
  ['hosts.txt', '# [web]\n# a ansible_host=b\nweb-1', 'plain list'],
  ['hosts.txt', '[::1]\n[fe80::1]:22\nnode[001-128,130]\n[1-3].example.com', 'plain list'],
  ['hosts', '', 'plain list'],
])('%s with %j is %s', (name, text, format) => {
  expect(inventoryFormat(name, text)).toBe(format);
});

test('a mistake in one of 10,000 lines has its number, and none of the others is kept', () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => `web-${index} ansible_host=10.0.0.1`);
  lines[7_000] = 'web-7000 ansible_host=10.0.0.1 oops';
  const { entries, mistakes } = readInventory('hosts', lines.join('\n'));
  expect(mistakes).toEqual([{ line: 7_001, message: 'word 3 is no key=value; a value with blanks needs quotes' }]);
  expect(entries).toEqual([]);
});
