import { isClassName } from '../../domain/servers/hardware-class.ts';
import type { ConnectionPart, JumpHost, Server } from '../../domain/servers/server.ts';
import { wrongHostKey } from '../../source/hosts/host-key.ts';
import { isHost, isUser, readPort } from '../../source/hosts/host.ts';
import { jumpOfCommand } from '../../source/hosts/jump-command.ts';
import { quotedName } from '../../source/problem.ts';
import { MAX_VALUE_LENGTH } from '../../source/text-file.ts';
import type { Setting, Variables } from './ansible-variables.ts';
import { PARAMIKO_PREFIX, variableNames } from './ansible-variables.ts';
import { PROXY_COMMAND_ADVICE, readSshArguments } from './ssh-arguments.ts';
import type { SshArguments } from './ssh-arguments.ts';
import { fillIn, plainText } from './template.ts';

/** All that variables say of a server; a host where it is another one than its name. */
interface Connection extends Omit<Server, 'serverId' | 'groups' | 'host' | 'from'> {
  host: string | null;
}

export interface FoundConnection {
  connection: Connection;
  /** Which setting says so, of what is set. */
  from: Partial<Record<ConnectionPart, Setting>>;
  wrong: WrongSetting[];
  /** `local`, `winrm`, ...: not by SSH, so that all else does not matter; null: by SSH. */
  otherPlugin: string | null;
}

/** What is wrong with one variable. The message follows the names of the servers: `web-1 and 3 more: ...`. */
export interface WrongSetting {
  setting: Setting;
  message: string;
}

const ssh = ['ssh', 'smart', 'paramiko', 'paramiko_ssh'].flatMap((name) => {
  return [name, `ansible.builtin.${name}`, `ansible.legacy.${name}`];
});

/**
 * How variables say that a server is reached, and where they say something that is not supported or not right.
 * @param facts what Ansible itself knows of the host, for templates
 */
export function readConnection(variables: Variables, facts: ReadonlyMap<string, string>): FoundConnection {
  const wrong: WrongSetting[] = [];
  const from: FoundConnection['from'] = {};
  let isParamiko = false;

  function read<Value>(names: readonly string[], parse: (text: string) => Value | null | Wrong): Found<Value> | null {
    const isSet = (each: string): boolean => (variables.get(each)?.value ?? null) !== null;
    const set = names.filter((each) => isSet(each) && (isParamiko || !each.startsWith(PARAMIKO_PREFIX)));
    const name = set.findLast((each) => variables.get(each)?.configured === undefined) ?? set.at(-1);
    const setting = name === undefined ? undefined : variables.get(name);
    if (name === undefined || setting === undefined) return null;
    // Which of several configured ones counts is another order for each of them.
    const isUnclear = setting.configured !== undefined && name.startsWith(PARAMIKO_PREFIX) && names.length > 1;
    const written = isUnclear
      ? { wrong: `of paramiko is not supported; set ${name} for the group all` }
      : textOf(setting.value, variables, facts);
    const parsed = 'wrong' in written ? new Wrong(written.wrong) : parse(written.text);
    if (!(parsed instanceof Wrong)) return parsed === null ? null : { value: parsed, setting };
    // What a template is filled in with may be a secret.
    const isFilled = 'isFilled' in written && written.isFilled;
    const why = isFilled
      ? `is ${quotedName(String(setting.value))}, which is invalid once it is filled in`
      : parsed.message;
    wrong.push({ setting, message: `${setting.configured ?? name} ${why}` });
    return null;
  }
  function first<Value>(part: ConnectionPart | null, ...found: (Found<Value> | null)[]): Value | null {
    const counts = found.find((each) => each !== null);
    if (counts && part !== null) from[part] = counts.setting;
    return counts?.value ?? null;
  }

  const plugin = first(null, read(variableNames.plugin, readPlugin)) ?? 'ssh';
  isParamiko = /^(?:ansible\.(?:builtin|legacy)\.)?paramiko(?:_ssh)?$/.test(plugin);
  // In the order in which ssh gets them, and it goes by what it hears first.
  const [before, common, extra] = variableNames.sshArguments.map((name) => {
    const found = read([name], isParamiko ? argumentsOfParamiko : readArguments);
    return <Key extends keyof SshArguments>(key: Key): Found<NonNullable<SshArguments[Key]>> | null => {
      const value = found?.value[key] ?? null;
      return found === null || value === null ? null : { value: value, setting: found.setting };
    };
  });
  const port = read(variableNames.port, (text) =>
    text === '' ? null : (readPort(text.trim()) ?? new Wrong(`${quotedName(text)} is not a port: 1 to 65535`))
  );
  const user = read(variableNames.user, (text) =>
    text === '' ? null : isUser(text) ? text : new Wrong(wrongUser(text))
  );
  const keyFile = read(variableNames.keyFile, (text) =>
    text === '' ? null : isPath(text) ? text : new Wrong('is not the path of a file')
  );
  const second = before!('keyFile');
  if (second !== null && keyFile !== null && second.value !== keyFile.value) {
    wrong.push({
      setting: keyFile.setting,
      message: 'names another key file than the arguments of ssh; keep one of them',
    });
  }
  const connection: Connection = {
    host: first(
      null,
      read(variableNames.host, (text) =>
        isHost(text) ? text : new Wrong(`${quotedName(text)} is not a host name or an IP address`)
      )
    ),
    port: first('port', before!('port'), port, common!('port'), extra!('port')),
    user: first('user', before!('user'), user, common!('user'), extra!('user')),
    keyFile: first('key', second, keyFile, common!('keyFile'), extra!('keyFile')),
    hostKey: first(null, read(variableNames.hostKey, readHostKey)) || null,
    jumps: first(
      'jump',
      before!('jumps'),
      common!('jumps'),
      extra!('jumps'),
      read(variableNames.proxyCommand, readJump)
    ),
    hardwareClass: first(
      null,
      read(variableNames.hardwareClass, (text) =>
        isClassName(text) ? text : new Wrong(`${quotedName(text)} is no name of a class`)
      )
    ),
  };
  for (const name of variableNames.unsupported)
    read([name], (text) => (text === '' ? null : new Wrong('is not supported')));
  const otherPlugin = ssh.includes(plugin) ? null : plugin;
  return { connection, from, wrong, otherPlugin };
}

/** A value, and what says it. */
interface Found<Value> {
  value: Value;
  setting: Setting;
}

/** Why a variable cannot be used. Values are shown only where they cannot be a secret. */
class Wrong {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

function textOf(
  value: unknown,
  variables: Variables,
  facts: ReadonlyMap<string, string>
): { text: string; isFilled: boolean } | { wrong: string } {
  const plain = plainText(value);
  if ('wrong' in plain || !plain.isTemplate) return { ...plain, isFilled: false };
  const filled = fillIn(plain.text, variables, facts);
  return 'wrong' in filled ? filled : { text: filled.text.slice(0, MAX_VALUE_LENGTH), isFilled: true };
}

/** `ansible.builtin.local`, and nothing that may be a password behind it. */
function readPlugin(text: string): string | Wrong {
  if (/^[A-Za-z_][\w.]{0,99}$/.test(text)) return text;
  return new Wrong(`is ${quotedName(text)}, which is no name of a connection plugin`);
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

function readArguments(text: string): SshArguments | Wrong {
  const found = readSshArguments(text);
  return found.unsupported === null ? found : new Wrong(`has ${found.unsupported}`);
}

/** Paramiko is no ssh: arguments that change where a connection leads do not count for it. */
function argumentsOfParamiko(text: string): SshArguments | Wrong {
  const found = readArguments(text);
  if (found instanceof Wrong || Object.values(found).every((each) => each === null)) return found;
  const instead = ['user', 'port', 'private_key_file', 'proxy_command']
    .map((each) => PARAMIKO_PREFIX + each)
    .join(', ');
  return new Wrong(`says how to connect, which paramiko ignores; use ansible_connection=ssh, or ${instead}`);
}

function readJump(command: string): JumpHost[] | null | Wrong {
  if (command === '') return null;
  const host = jumpOfCommand(command);
  return host === null ? new Wrong(`is a command ${PROXY_COMMAND_ADVICE}`) : [host];
}
