import { access, constants, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { readTextFile } from '../../source/text-file.ts';
import type { PlacedMistake, Setting, Variables } from './ansible-variables.ts';
import { readIniSettings } from './ini-settings.ts';

/** The folder and the account with which Ansible would be started. */
export interface AnsibleSurroundings {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  /** The current folder, absolute. */
  folder: string;
}

/** The settings of Ansible, as variables that all others override. */
export interface AnsibleConfiguration {
  variables: Variables;
  mistakes: PlacedMistake[];
  /** The ansible.cfg that Ansible uses, and those that would take precedence if they existed. */
  files: string[];
  /** One sentence about an ansible.cfg that Ansible ignores, too. */
  notice: string | null;
}

interface Option {
  key: string;
  section?: string;
  env: string;
  /** The equivalent variable. */
  variable?: string;
  /** A path relative to the file that contains it. */
  isPath?: true;
  /** Whether other values are refused, because they change which variables apply. */
  supported?: RegExp;
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
  { key: 'precedence', env: 'ANSIBLE_PRECEDENCE', supported: /^$/ },
  { key: 'vars_plugins_enabled', env: 'ANSIBLE_VARS_ENABLED', supported: /^(?:host_group_vars)?$/ },
  { key: 'yaml_valid_extensions', env: 'ANSIBLE_YAML_FILENAME_EXT', supported: /^$/ },
  { key: 'stage', section: 'vars_host_group_vars', env: 'ANSIBLE_VARS_PLUGIN_STAGE', supported: /^(?:all)?$/ },
];

/** Reads the `ansible.cfg` that Ansible would use, and the environment variables that override it. */
export async function readAnsibleConfiguration(around: AnsibleSurroundings): Promise<AnsibleConfiguration> {
  const { env, folder } = around;
  const { files, notice, file } = await findConfiguration(around);
  const shown = file === null ? '' : shownPath(file, around);
  const read = file === null ? { text: '' } : await readTextFile(file);
  const { settings, mistake } = readIniSettings('text' in read ? read.text : '');
  const wrong = 'unreadable' in read ? { line: 1, message: read.unreadable } : mistake;
  const mistakes: PlacedMistake[] = [];
  if (wrong !== null) mistakes.push({ place: { file: shown, line: wrong.line }, message: wrong.message });

  const variables = new Map<string, Setting>();
  for (const { variable, key, section = 'defaults', env: name, isPath, supported } of options) {
    const written = settings.get(`${section}.${key}`);
    const fromFile = written && { value: written.value, place: { file: shown, line: written.line }, configured: key };
    const fromEnv =
      env[name] === undefined ? undefined : { value: env[name], place: { file: name, line: 0 }, configured: name };
    const setting = fromEnv ?? fromFile;
    if (setting === undefined || supported?.test(setting.value)) continue;
    const { value, place, configured } = setting;
    const beside = fromEnv === undefined && file !== null ? dirname(file) : folder;
    const isRelative = isPath && value !== '' && !value.startsWith('~');
    if (variable !== undefined)
      variables.set(variable, { ...setting, value: isRelative ? resolve(beside, value) : value });
    else mistakes.push({ place, message: `${configured} changes which variables apply, which is not supported` });
  }
  return { variables, mistakes, files, notice };
}

/** Searches in the order of Ansible, which ignores an ansible.cfg in a world-writable folder. */
async function findConfiguration({
  env,
  home,
  folder,
}: AnsibleSurroundings): Promise<{ file: string | null; files: string[]; notice: string | null }> {
  const named = env['ANSIBLE_CONFIG'];
  const here = join(folder, 'ansible.cfg');
  const mode = await stat(folder).then(
    (found) => found.mode,
    () => constants.S_IWOTH
  );
  const isWorldWritable = (mode & constants.S_IWOTH) !== 0;
  const candidates = [
    ...(named ? [resolve(folder, named.replace(/^~(?=\/)/, home))] : []),
    ...(isWorldWritable ? [] : [here]),
    ...[join(home, '.ansible.cfg'), '/etc/ansible/ansible.cfg'],
  ];
  const readable = await Promise.all(candidates.map(isReadable));
  const index = readable.indexOf(true);
  const isIgnored = isWorldWritable && !(named && index === 0) && (await isReadable(here));
  return {
    file: candidates[index] ?? null,
    files: index < 0 ? candidates : candidates.slice(0, index + 1),
    notice: isIgnored ? 'ansible.cfg is ignored because its folder is world-writable; Ansible ignores it, too' : null,
  };
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false
  );
}

/** A relative path below the current folder; with `~` in the home folder. */
function shownPath(file: string, { home, folder }: AnsibleSurroundings): string {
  const below = relative(folder, file);
  if (!below.startsWith('..') && !isAbsolute(below)) return below;
  return file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}
