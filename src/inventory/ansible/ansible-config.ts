import { access, constants, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { readTextFile } from '../../source/text-file.ts';
import type { PlacedMistake, Setting, Variables } from './ansible-variables.ts';
import { readIniSettings } from './ini-settings.ts';
import type { IniSettings } from './ini-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where Ansible would be started, and as whom. */
export interface AnsibleSurroundings {
  env: Environment;
  home: string;
  /** The current folder, absolute. */
  folder: string;
}

/** What Ansible is configured with, as variables that count less than all others. */
export interface AnsibleConfiguration {
  variables: Variables;
  mistakes: PlacedMistake[];
  /** The ansible.cfg that counts, and those that would if they were there. */
  files: string[];
  /** One sentence where an ansible.cfg is there that Ansible does not take either. */
  notice: string | null;
}

interface Option {
  /** The variable that says the same. */
  variable: string;
  key: string;
  section?: string;
  env: string;
  /** A path beside the file that it is written in. */
  isPath?: true;
}

const options: readonly Option[] = [
  { variable: 'ansible_user', key: 'remote_user', env: 'ANSIBLE_REMOTE_USER' },
  { variable: 'ansible_port', key: 'remote_port', env: 'ANSIBLE_REMOTE_PORT' },
  { variable: 'ansible_private_key_file', key: 'private_key_file', env: 'ANSIBLE_PRIVATE_KEY_FILE', isPath: true },
  { variable: 'ansible_connection', key: 'transport', env: 'ANSIBLE_TRANSPORT' },
  ...['ssh_args', 'ssh_common_args', 'ssh_extra_args', 'ssh_executable'].map((key) => {
    return { variable: `ansible_${key}`, key, section: 'ssh_connection', env: `ANSIBLE_${key.toUpperCase()}` };
  }),
  { variable: 'ansible_private_key', key: 'private_key', section: 'none', env: 'ANSIBLE_PRIVATE_KEY' },
];

/** What would change which variables count. The values that are usual anyway change nothing. */
const refused: readonly { key: string; section: string; env: string; usual: RegExp }[] = [
  { key: 'precedence', section: 'defaults', env: 'ANSIBLE_PRECEDENCE', usual: /^$/ },
  { key: 'vars_plugins_enabled', section: 'defaults', env: 'ANSIBLE_VARS_ENABLED', usual: /^(?:host_group_vars)?$/ },
  { key: 'yaml_valid_extensions', section: 'defaults', env: 'ANSIBLE_YAML_FILENAME_EXT', usual: /^$/ },
  { key: 'stage', section: 'vars_host_group_vars', env: 'ANSIBLE_VARS_PLUGIN_STAGE', usual: /^(?:all)?$/ },
];

const nothing: IniSettings = { settings: new Map(), mistake: null };

/** Reads the `ansible.cfg` that Ansible would take, and the variables of the environment that count more than it. */
export async function readAnsibleConfiguration(around: AnsibleSurroundings): Promise<AnsibleConfiguration> {
  const { env, folder } = around;
  const found = await findConfiguration(around);
  const { file } = found;
  const shown = file === null ? '' : shownPath(file, around);
  const read = file === null ? null : await readTextFile(file);
  const unreadable = read !== null && 'unreadable' in read ? read.unreadable : null;
  const { settings, mistake } = read !== null && 'text' in read ? readIniSettings(read.text) : nothing;
  const wrong = unreadable === null ? mistake : { line: 1, message: unreadable };
  const mistakes: PlacedMistake[] =
    wrong === null ? [] : [{ place: { file: shown, line: wrong.line }, message: wrong.message }];

  const settingOf = (section: string, key: string, name: string): Setting | null => {
    const ofEnvironment = env[name];
    if (ofEnvironment !== undefined) {
      return { value: ofEnvironment, place: { file: name, line: 0 }, configured: name };
    }
    const written = settings.get(`${section}.${key}`);
    return written === undefined
      ? null
      : { value: written.value, place: { file: shown, line: written.line }, configured: key };
  };
  const variables = new Map<string, Setting>();
  for (const { variable, key, section = 'defaults', env: name, isPath } of options) {
    const setting = settingOf(section, key, name);
    if (setting === null) continue;
    const beside = env[name] === undefined && file !== null ? dirname(file) : folder;
    variables.set(variable, isPath ? { ...setting, value: pathBeside(beside, String(setting.value)) } : setting);
  }
  for (const { key, section, env: name, usual } of refused) {
    const setting = settingOf(section, key, name);
    if (setting === null || usual.test(String(setting.value))) continue;
    const message = `${setting.configured} changes which variables count, which is not followed here`;
    mistakes.push({ place: setting.place, message });
  }
  return { variables, mistakes, files: found.looked, notice: found.notice };
}

/** In the order of Ansible. A folder that everybody may write to is no place for it: whoever did may not be the user. */
async function findConfiguration({
  env,
  home,
  folder,
}: AnsibleSurroundings): Promise<{ file: string | null; looked: string[]; notice: string | null }> {
  const named = env['ANSIBLE_CONFIG'];
  const places: string[] = [];
  if (named) {
    const path = named.startsWith('~/') ? join(home, named.slice(1)) : resolve(folder, named);
    places.push((await isFolder(path)) ? join(path, 'ansible.cfg') : path);
  }
  const here = join(folder, 'ansible.cfg');
  const isOpen = await stat(folder).then(
    ({ mode }) => (mode & constants.S_IWOTH) !== 0,
    () => true
  );
  if (!isOpen) places.push(here);
  places.push(join(home, '.ansible.cfg'), '/etc/ansible/ansible.cfg');
  const looked: string[] = [];
  let file: string | null = null;
  for (const place of places) {
    looked.push(place);
    if (!(await isReadable(place))) continue;
    file = place;
    break;
  }
  const isPassedOver = isOpen && file !== places[0] && (await isReadable(here));
  const notice = isPassedOver ? 'ansible.cfg is not read: everybody may write to this folder, as Ansible has it' : null;
  return { file, looked, notice };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false
  );
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false
  );
}

function pathBeside(folder: string, path: string): string {
  return path === '' || path.startsWith('~') ? path : resolve(folder, path);
}

/** Below the current folder as seen from there, in the home with `~`. */
function shownPath(file: string, { home, folder }: AnsibleSurroundings): string {
  const below = relative(folder, file);
  if (!below.startsWith('..') && !isAbsolute(below)) return below;
  return file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}
