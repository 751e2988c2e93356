import { isClassName } from '../../domain/servers/hardware-class.ts';
import { isPrintable } from '../../domain/values/untrusted.ts';
import { isHost, isUser, readPort, wrongHostKey } from '../../source/hosts/host.ts';
import { quotedName } from '../../source/problem.ts';
import { readSshArguments } from './ssh-arguments.ts';

/** A null value is not set. `wrong` follows the name of the variable. */
export type Parsed<Value> = { value: Value | null } | { wrong: string };

export interface ConnectionVariable<Value> {
  /** Equivalent names; the last one that is set wins, as in the options of ansible.builtin.ssh. */
  names: readonly string[];
  /** Its messages show a value only if it cannot be a secret. */
  parse: (text: string) => Parsed<Value>;
}

/** The variables of a connection, and those of fleetmark. */
export const connectionVariables = {
  plugin: { names: ['ansible_connection'], parse: readPlugin },
  host: {
    names: ['ansible_host', 'ansible_ssh_host'],
    parse: accept(isHost, (text) => `${quotedName(text)} is not a host name or an IP address`),
  },
  port: { names: ['ansible_port', 'ansible_ssh_port'], parse: orNothing(parsePort) },
  user: { names: ['ansible_user', 'ansible_ssh_user'], parse: orNothing(accept(isUser, wrongUser)) },
  keyFile: {
    names: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
    parse: orNothing(accept(isPath, () => 'is not a valid path')),
  },
  sshArgs: { names: ['ansible_ssh_args'], parse: readSshArguments },
  sshCommonArgs: { names: ['ansible_ssh_common_args'], parse: readSshArguments },
  sshExtraArgs: { names: ['ansible_ssh_extra_args'], parse: readSshArguments },
  hostKey: { names: ['fleetmark_host_key'], parse: orNothing(parseHostKey) },
  hardwareClass: {
    names: ['fleetmark_class'],
    parse: orNothing(accept(isClassName, (text) => `${quotedName(text)} is not a valid class name`)),
  },
} satisfies Record<string, ConnectionVariable<unknown>>;

export const unsupportedVariables: readonly ConnectionVariable<never>[] = [
  ...['ansible_ssh_executable', 'ansible_private_key', 'ansible_ssh_private_key'],
].map((name) => ({ names: [name], parse: orNothing(() => ({ wrong: 'is not supported' })) }));

/** The variables that are read, in addition to those that templates refer to. */
export const readVariableNames: ReadonlySet<string> = new Set([
  ...[...Object.values(connectionVariables), ...unsupportedVariables].flatMap(({ names }) => names),
  'ansible_group_priority',
]);

function accept(isValid: (text: string) => boolean, wrong: (text: string) => string): (text: string) => Parsed<string> {
  return (text) => (isValid(text) ? { value: text } : { wrong: wrong(text) });
}

function orNothing<Value>(parse: (text: string) => Parsed<Value>): (text: string) => Parsed<Value> {
  return (text) => (text === '' ? { value: null } : parse(text));
}

/** Accepts only plain names such as `ansible.builtin.local`: anything else may contain a password. */
function readPlugin(text: string): Parsed<string> {
  const [, builtin] = /^(?:ansible\.(?:builtin|legacy)\.)?(ssh|smart|paramiko|paramiko_ssh)$/.exec(text) ?? [];
  if (builtin?.startsWith('paramiko')) return { wrong: 'is paramiko, which is not supported; use ssh' };
  if (builtin !== undefined) return { value: 'ssh' };
  if (/^[A-Za-z_][\w.]{0,99}$/.test(text)) return { value: text };
  return { wrong: `is ${quotedName(text)}, which is not a valid name of a connection plugin` };
}

function parsePort(text: string): Parsed<number> {
  const value = readPort(text.trim());
  return value === null ? { wrong: `${quotedName(text)} is not a port: 1 to 65535` } : { value };
}

function isPath(text: string): boolean {
  return text.length <= 1000 && isPrintable(text);
}

function wrongUser(text: string): string {
  const comment = text.includes(' #') ? '; a comment needs a line of its own here' : '';
  return `${quotedName(text)} is not a valid user name${comment}`;
}

function parseHostKey(text: string): Parsed<string> {
  const wrong = wrongHostKey(text);
  return wrong === null ? { value: text } : { wrong };
}
