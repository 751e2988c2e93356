import { isClassName } from '../../domain/hardware-class.ts';
import type { JumpHost, Server } from '../../domain/server.ts';
import { wrongHostKey } from '../host-key.ts';
import { isHost, isUser, readPort } from '../host.ts';
import { quotedName } from '../problem.ts';
import { mostCharacters } from '../text-file.ts';
import type { Setting, Variables } from './ansible-variables.ts';
import { isTemplate, variableNames } from './ansible-variables.ts';
import { readSshArguments } from './ssh-arguments.ts';

/** All that variables say of a server; a host where it is another one than its name. */
interface Connection extends Omit<Server, 'serverId' | 'groups' | 'host'> {
  host: string | null;
}

interface FoundConnection {
  connection: Connection;
  wrong: WrongSetting[];
  /** `local`, `winrm`, ...: not by SSH, so that all else does not matter; null: by SSH. */
  otherPlugin: string | null;
}

/** What is wrong with one variable. The message follows the names of the servers: `web-1 and 3 more: ...`. */
export interface WrongSetting {
  setting: Setting;
  message: string;
}

const ssh = ['ssh', 'smart', 'paramiko', 'paramiko_ssh'].flatMap((name) => [name, `ansible.builtin.${name}`]);

/** How variables say that a server is reached, and where they say something that is not supported or not right. */
export function readConnection(variables: Variables): FoundConnection {
  const wrong: WrongSetting[] = [];

  function read<Value>(names: readonly string[], parse: (text: string) => Value | null | Wrong): Value | null {
    const name = names.findLast((each) => (variables.get(each)?.value ?? null) !== null);
    const setting = name === undefined ? undefined : variables.get(name);
    if (name === undefined || setting === undefined) return null;
    const text = textOf(setting.value);
    const value = text instanceof Wrong ? text : parse(text);
    if (!(value instanceof Wrong)) return value;
    wrong.push({ setting, message: `${name} ${value.message}` });
    return null;
  }

  const connection: Connection = {
    host: read(variableNames.host, (text) =>
      isHost(text) ? text : new Wrong(`${quotedName(text)} is not a host name or an IP address`)
    ),
    port: read(
      variableNames.port,
      (text) => readPort(text.trim()) ?? new Wrong(`${quotedName(text)} is not a port: 1 to 65535`)
    ),
    user: read(variableNames.user, (text) => (text === '' || isUser(text) ? text : new Wrong(wrongUser(text)))) || null,
    keyFile:
      read(variableNames.keyFile, (text) => (isPath(text) ? text : new Wrong('is not the path of a file'))) || null,
    hostKey: read(variableNames.hostKey, readHostKey) || null,
    jumps: null,
    hardwareClass: read(variableNames.hardwareClass, (text) =>
      isClassName(text) ? text : new Wrong(`${quotedName(text)} is no name of a class`)
    ),
  };
  // In the order in which ssh gets them, and it goes by what it hears first.
  const jumps = variableNames.sshArguments.map((name) => read([name], readJumps));
  connection.jumps = jumps.find((each) => each !== null) ?? null;
  for (const name of variableNames.unsupported) read([name], () => new Wrong('is not supported'));
  const plugin = read(variableNames.plugin, readPlugin) ?? 'ssh';
  const otherPlugin = ssh.includes(plugin) ? null : plugin;
  return { connection, wrong, otherPlugin };
}

/** Why a variable cannot be used. Values are shown only where they cannot be a secret. */
class Wrong {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

function textOf(value: unknown): string | Wrong {
  const plain = isUnsafe(value) ? value.__ansible_unsafe : value;
  if (typeof plain === 'number' && Number.isSafeInteger(plain)) return String(plain);
  if (typeof plain === 'string' && plain.length > mostCharacters) return new Wrong('is too long');
  if (typeof plain === 'string') {
    // What is marked as unsafe is never filled in, whatever it looks like.
    return plain === value && isTemplate(plain) ? new Wrong('is a template, which only Ansible can fill in') : plain;
  }
  const vaulted = typeof value === 'object' && value !== null && '__ansible_vault' in value;
  return new Wrong(vaulted ? 'is encrypted with Ansible Vault' : 'is neither a text nor a whole number');
}

/** `ansible.builtin.local`, and nothing that may be a password behind it. */
function readPlugin(text: string): string | Wrong {
  if (/^[A-Za-z_][\w.]{0,99}$/.test(text)) return text;
  return new Wrong(`is ${quotedName(text)}, which is no name of a connection plugin`);
}

function isUnsafe(value: unknown): value is { __ansible_unsafe: unknown } {
  return typeof value === 'object' && value !== null && '__ansible_unsafe' in value;
}

function readHostKey(text: string): string | Wrong {
  const wrong = text === '' ? null : wrongHostKey(text);
  return wrong === null ? text : new Wrong(wrong);
}

function isPath(text: string): boolean {
  return text.length <= 1000 && !/[\p{C}\u2028\u2029]/u.test(text);
}

function wrongUser(text: string): string {
  const comment = text.includes(' #') ? '; a comment needs a line of its own here' : '';
  return `${quotedName(text)} is not the name of an account${comment}`;
}

function readJumps(text: string): JumpHost[] | null | Wrong {
  const { jumps, unsupported } = readSshArguments(text);
  if (unsupported === null) return jumps;
  return new Wrong(`has ${unsupported}, which fleetmark does not know how to follow`);
}
