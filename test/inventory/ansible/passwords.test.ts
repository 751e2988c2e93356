import { expect, test } from 'vitest';
import { readInventory } from '../../../src/inventory/read-inventory.ts';

const password = 'hunter2';
const variables = `ansible_user=bench ansible_password=${password}`;

// Inventories with common mistakes, or in the wrong format, each with a password.
test.each([
  ['a.ini', `web-1 ${variables} ${password}`],
  ['a.ini', `web-1 ansible_user="bench ansible_password=${password}"`],
  ['a.ini', `[web]\nweb-1\n[web:vars]\n${variables}`],
  ['a.ini', `[web]\nweb-1\n[web:vars]\nansible_host=10.0.0.1 ansible_password=${password}`],
  ['a.ini', `[web]\nweb-1\n[web:vars]\nansible_port=22 ansible_password=${password}`],
  ['a.ini', `[web]\nweb-1\n[web:vars]\nansible_connection=ssh ansible_password=${password}`],
  ['a.ini', `[web]\nweb-1\n[web:vars]\nfleetmark_class=c5 ansible_password=${password}`],
  ['a.ini', `[web]\nweb-1\n[web:children]\nansible_password=${password}`],
  ['a.ini', `[web]\nweb-1\n[web:children]\nweb-1 ansible_password=${password}`],
  ['a.ini', `[web ansible_password=${password}]\nweb-1`],
  ['a.ini', `[web:ansible_password=${password}]\nweb-1`],
  ['a.ini', `"web-1 ansible_password=${password}"`],
  ['a.ini', `"web[3:1] ansible_password=${password}"`],
  ['a.ini', `bench:${password}@web-1`],
  ['a.ini', `bench:${password}@web[3:1]`],
  ['a.ini', `web-1 ansible_ssh_common_args='-o ProxyCommand="sshpass -p ${password} ssh -W %h:%p b"'`],
  ['a.ini', `web-1 ansible_ssh_common_args='-J bench:${password}@b'`],
  ['a.ini', `web-1 ansible_ssh_common_args='-o ProxyJump=bench:${password}@b'`],
  ['a.ini', `web-1 ansible_ssh_common_args='--password=${password}'`],
  ['a.ini', `web-1 ansible_ssh_common_args='-o "Password ${password}"'`],
  ['a.ini', `web-1 ansible_ssh_common_args='-o =${password}'`],
  ['a.txt', `bench:${password}@web-1`],
  ['a.txt', `bench:${password}@web-[1-2]`],
  ['a.txt', `bench:${password}@web-[2-1]`],
  ['a.txt', `ssh://bench:${password}@web-1`],
  ['a.txt', `web-1 bench ${password}`],
  ['a.txt', `web-1:22:${password}`],
  ['a.yml', `all:\n  hosts: web-1 ansible_password=${password}`],
  ['a.yml', `all:\n  hosts:\n    web-1 ansible_password=${password}:`],
  ['a.yml', `all:\n  hosts:\n    web-1: ansible_password=${password}`],
  ['a.yml', `all:\n  hosts:\n    web-1: { ansible_user: "bench ansible_password=${password}" }`],
  ['a.yml', `all:\n  ansible_password: ${password}\n  hosts: { web-1: }`],
  ['a.yml', `all:\n  ansible_password=${password}:\n  hosts: { web-1: }`],
  ['a.yml', `all:\n  children: web ansible_password=${password}`],
  ['a.yml', `ansible_password=${password}:\n  hosts: { web-1: }`],
  ['a.yml', `all:\n  vars: ansible_password=${password}`],
  ['a.yml', `all:\n  vars: { ansible_password: "${password}\n  hosts: { web-1: }`],
  ['a.yml', `all:\n  vars:\n    ansible_password: ${password}: x`],
  ['a.yml', `all:\n  vars:\n    ansible_password: %${password}`],
  ['a.yml', `all:\n  hosts: { web-1: { ansible_password: {${password}: a, ${password}: b} } }`],
  ['a.yml', `all:\n  hosts: { web-1: { ansible_password: { x: [{${password}: a, ${password}: b}] } } }`],
  ['a.yml', `all:\n  children: { web: { vars: { ansible_password: {${password}: *x} } } }\n  hosts: { web-1: }`],
  ['a.yml', `all:\n  ansible_password: {${password}: a, ${password}: b}\n  hosts: { web-1: }`],
  ['a.yml', `all:\n  vars: { ansible_password: *${password} }\n  hosts: { web-1: }`],
  ['a.yml', `all:\n  vars: { ansible_password: !${password} x }\n  hosts: { web-1: }`],
  ['a.json', JSON.stringify({ _meta: { hostvars: {} }, web: { hosts: [`web-1 ansible_password=${password}`] } })],
  ['a.json', JSON.stringify({ _meta: { hostvars: { [`web ansible_password=${password}`]: {} } } })],
  ['a.json', JSON.stringify({ _meta: {}, web: { [`ansible_password=${password}`]: {} } })],
  ['a.json', JSON.stringify({ _meta: {}, [`web ansible_password=${password}`]: [] })],
  ['a.json', `{"_meta": {}, "web": {"vars": {"ansible_password": ${password}}}}`],
])('%s: the message about %j does not contain the password', (name, text) => {
  const { entries, mistakes } = readInventory(name, text);
  expect(mistakes.length).toBeGreaterThan(0);
  expect(entries).toEqual([]);
  expect(JSON.stringify(mistakes)).not.toContain(password);
});
