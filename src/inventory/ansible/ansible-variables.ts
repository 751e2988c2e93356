import type { Path } from '../../source/problem.ts';

/** A line of another file than the inventory; 0: all of it, or no file but a variable of the environment. */
export interface FilePlace {
  file: string;
  line: number;
}

/** Where something is written: its line in the inventory, the keys that lead to it there, or another file. */
export type Place = number | Path | FilePlace;

export interface Setting {
  value: unknown;
  place: Place;
  /** What Ansible is configured with, for all hosts alike: what it is called there. */
  configured?: string;
}

/** By name. */
export type Variables = Map<string, Setting>;

/** What is wrong where variables are written. */
export interface PlacedMistake {
  place: Place;
  message: string;
  onlyAnsible?: true;
}

/** What names of variables begin with that count for `ansible_connection: paramiko` alone. */
export const PARAMIKO_PREFIX = 'ansible_paramiko_';

/** Variables that say the same; the last one that is set counts, as in the options of ansible.builtin.ssh. */
export const variableNames = {
  host: ['ansible_host', 'ansible_ssh_host', 'ansible_paramiko_host'],
  port: ['ansible_port', 'ansible_ssh_port', 'ansible_paramiko_port'],
  user: ['ansible_user', 'ansible_ssh_user', 'ansible_paramiko_user'],
  keyFile: ['ansible_private_key_file', 'ansible_ssh_private_key_file', 'ansible_paramiko_private_key_file'],
  hostKey: ['fleetmark_host_key'],
  hardwareClass: ['fleetmark_class'],
  plugin: ['ansible_connection'],
  sshArguments: ['ansible_ssh_args', 'ansible_ssh_common_args', 'ansible_ssh_extra_args'],
  proxyCommand: ['ansible_paramiko_proxy_command'],
  unsupported: ['ansible_ssh_executable', 'ansible_private_key', 'ansible_ssh_private_key'],
  priority: ['ansible_group_priority'],
} as const;

const read: ReadonlySet<string> = new Set(Object.values(variableNames).flat());

/** Whether a variable says how to connect, or the hardware class. Of all others only those are read that templates name. */
export function isConnectionVariable(name: string): boolean {
  return read.has(name);
}

/** Whether a value is for Jinja, the templates of Ansible. */
export function isTemplate(text: string): boolean {
  return /\{[{%#]/.test(text);
}

/** What is wrong with a setting; Ansible can read one that only lacks quotes. */
export function mistakeAt({ place, value }: Setting, message: string): PlacedMistake {
  return { place, message, ...(typeof value === 'symbol' && { onlyAnsible: true }) };
}
