import { readAnsibleIni } from './ansible/ansible-ini.ts';
import { readAnsibleJson } from './ansible/ansible-json.ts';
import { readAnsibleYaml } from './ansible/ansible-yaml.ts';
import type { Inventory } from './entries/inventory.ts';
import { nothingOutside, type OutsideVariables } from './ansible/ansible-variables.ts';
import { readPlainList } from './plain-list.ts';

type InventoryFormat = 'plain list' | 'Ansible INI' | 'Ansible YAML' | 'Ansible JSON';

const readers: Record<InventoryFormat, (text: string, outside: OutsideVariables) => Inventory> = {
  'plain list': readPlainList,
  'Ansible INI': readAnsibleIni,
  'Ansible YAML': readAnsibleYaml,
  'Ansible JSON': readAnsibleJson,
};

/** How to convert an inventory that only Ansible can read. */
export function letAnsibleRead(file: string): string {
  const name = /^[\w.-]{1,100}$/.exec(file.replace(/^.*\//s, ''))?.[0] ?? 'INVENTORY';
  return `Ansible itself can read it: ansible-inventory -i ${name} --list > hosts.json, and "inventory: hosts.json"`;
}

/**
 * Reads an inventory.
 * @param name of its file, which determines the format: see {@link inventoryFormat}
 */
export function readInventory(
  name: string,
  text: string,
  outside: OutsideVariables = nothingOutside,
  format = inventoryFormat(name, text)
): Inventory & { format: InventoryFormat | null } {
  const unreadable = whyUnreadable(name, text);
  if (unreadable !== null) {
    return { entries: [], mistakes: [{ line: 1, message: unreadable, needsAnsible: true }], unplaced: 0, format: null };
  }
  // The output of ansible-inventory includes group_vars and host_vars.
  const isList = format === 'Ansible JSON';
  return { ...readers[format](text, isList ? { ...outside, folders: [] } : outside), format };
}

/**
 * `.yaml` and `.yml` are Ansible YAML, `.json` is the output of `ansible-inventory --list`, `.ini` and `.cfg` are Ansible
 * INI. For any other name the content decides: a text that begins with `{` is JSON; one that begins with `---` or with a
 * key on a line of its own (`all:`) is YAML; one with a section (`[web]`), a variable (`web-1 ansible_host=10.0.0.1`) or
 * a range of Ansible (`web[01:20]`) on any line is INI; everything else is a plain list.
 */
export function inventoryFormat(name: string, text: string): InventoryFormat {
  const [, extension = ''] = /\.([a-z]+)$/i.exec(name) ?? [];
  switch (extension.toLowerCase()) {
    case 'yaml':
    case 'yml':
      return 'Ansible YAML';
    case 'json':
      return 'Ansible JSON';
    case 'ini':
    case 'cfg':
      return 'Ansible INI';
  }
  const lines = text.split('\n').map((line) => line.trim());
  const first = lines.find((line) => line !== '' && !/^[#;]/.test(line)) ?? '';
  if (first.startsWith('{')) return 'Ansible JSON';
  if (first === '---' || /^[\w.-]{1,100}:\s*(?:#.*)?$/.test(first)) return 'Ansible YAML';
  return lines.some(isAnsibleIni) ? 'Ansible INI' : 'plain list';
}

function isAnsibleIni(line: string): boolean {
  if (/^[#;]/.test(line)) return line.startsWith(';');
  const section = /^\[[A-Za-z_][^:\]\s]*(?::\w+)?\]\s*(?:#.*)?$/.test(line);
  return section || /\s[A-Za-z_]\w*=/.test(line) || /\[(?:\d*|[a-z]):(?:\d+|[a-z])(?::\d+)?\]/i.test(line);
}

function whyUnreadable(name: string, text: string): string | null {
  if (text.startsWith('$ANSIBLE_VAULT')) return 'is encrypted with Ansible Vault as a whole';
  if (text.startsWith('#!')) return 'is a program, which only Ansible runs';
  return /\.toml$/i.test(name) ? 'is TOML, which only Ansible reads' : null;
}
