import type { ConnectionPart, Server } from '../../domain/servers/server.ts';
import { MAX_VALUE_LENGTH } from '../../source/text-file.ts';
import { quotedName } from '../../source/problem.ts';
import type { Origin } from '../entries/inventory.ts';
import { isElsewhere, type Setting, type Variables } from './ansible-variables.ts';
import {
  connectionVariables,
  unsupportedVariables,
  type ConnectionVariable,
  type Parsed,
} from './connection-variables.ts';
import type { SshArguments } from './ssh-arguments.ts';
import { fillIn, plainText } from './template.ts';

/** The SSH connection that the variables of a host describe. */
interface SshConnection {
  /** A null host means the name of the server. */
  connection: Omit<Server, 'serverId' | 'groups' | 'host' | 'from'> & { host: string | null };
  from: Partial<Record<ConnectionPart, Origin>>;
  wrong: WrongSetting[];
}

/** What is wrong with one variable. The message follows the names of the servers: `web-1 and 3 more: ...`. */
export interface WrongSetting {
  setting: Setting;
  message: string;
}

interface Found<Value> {
  value: Value;
  setting: Setting;
}

/** @returns `skip`: the host uses another connection plugin, so its other variables are ignored */
export function readConnection(variables: Variables): SshConnection | { skip: string } {
  const wrong: WrongSetting[] = [];
  function read<Value>({ names, parse }: ConnectionVariable<Value>): Found<Value> | null {
    const name = names.findLast((each) => (variables.get(each)?.value ?? null) !== null);
    const setting = name === undefined ? undefined : variables.get(name);
    if (name === undefined || setting === undefined) return null;
    const parsed = parseSetting(setting, parse, variables);
    if ('wrong' in parsed) wrong.push({ setting, message: `${setting.configured ?? name} ${parsed.wrong}` });
    return 'wrong' in parsed || parsed.value === null ? null : { value: parsed.value, setting };
  }

  const { plugin, host, port, user, keyFile, hostKey, hardwareClass, ...sshArguments } = connectionVariables;
  const pluginName = read(plugin)?.value ?? 'ssh';
  if (pluginName !== 'ssh') return { skip: `not reached by SSH: its ansible_connection is ${pluginName}` };
  unsupportedVariables.forEach(read);
  const ownKey = read(keyFile);
  // In the order of the command line, where the first value of an option wins: ssh_args comes first.
  const [before, ...after] = Object.values(sshArguments).map(read);
  const first = <Key extends keyof SshArguments>(key: Key, own: Found<SshArguments[Key]> | null) =>
    [partOf(before, key), own, ...after.map((found) => partOf(found, key))].find((found) => found !== null);
  const parts = {
    port: first('port', read(port)),
    user: first('user', read(user)),
    key: first('keyFile', ownKey),
    jump: first('jumps', null),
  };
  if (ownKey !== null && parts.key!.value !== ownKey.value) {
    const message = 'names another key file than the ssh arguments; keep one of them';
    wrong.push({ setting: ownKey.setting, message });
  }
  const from = Object.entries(parts).flatMap(([part, found]) => (found ? [[part, originOf(found.setting)]] : []));
  const connection = {
    host: read(host)?.value ?? null,
    port: parts.port?.value ?? null,
    user: parts.user?.value ?? null,
    keyFile: parts.key?.value ?? null,
    hostKey: read(hostKey)?.value ?? null,
    jumps: parts.jump?.value ?? null,
    hardwareClass: read(hardwareClass)?.value ?? null,
  };
  return { connection, from: Object.fromEntries(from) as SshConnection['from'], wrong };
}

function parseSetting<Value>(
  { value }: Setting,
  parse: (text: string) => Parsed<Value>,
  variables: Variables
): Parsed<Value> {
  const plain = plainText(value);
  if ('wrong' in plain || !plain.isTemplate) return 'wrong' in plain ? plain : parse(plain.text);
  const filled = fillIn(plain.text, variables);
  const parsed = 'wrong' in filled ? filled : parse(filled.text.slice(0, MAX_VALUE_LENGTH));
  if ('wrong' in filled || !('wrong' in parsed)) return parsed;
  // The filled-in value may be a secret.
  return { wrong: `is ${quotedName(plain.text)}, which is invalid once it is filled in` };
}

function partOf<Key extends keyof SshArguments>(
  found: Found<SshArguments> | null | undefined,
  key: Key
): Found<SshArguments[Key]> | null {
  return found && found.value[key] !== null ? { value: found.value[key], setting: found.setting } : null;
}

function originOf({ place, configured }: Setting): Origin {
  const origin = isElsewhere(place) ? place : { line: typeof place === 'number' ? place : null };
  return configured === undefined ? origin : { ...origin, isDefault: true };
}
