import { delimiter, isAbsolute } from 'node:path';
import { openQuote, printable } from '../../domain/values/untrusted.ts';
import { runProgram } from '../../processes/run-program.ts';
import { MAX_LIST_BYTES } from '../../source/text-file.ts';
import type { AnsibleSurroundings } from './ansible-config.ts';

/** The output of `ansible-inventory --list`. It contains passwords: parse it, and never show it. */
interface AnsibleList {
  text: string;
  /** `2.19.1`; empty if unknown. */
  version: string;
}

const TIMEOUT_MS = 60_000;

/**
 * Reads an inventory with the `ansible-inventory` of the PATH, as the user's own Ansible would: with their ansible.cfg,
 * plugins and vault passwords; an inventory program is run. It has no terminal to prompt on.
 * @param path absolute
 * @returns null if there is no ansible-inventory; `problem` follows its name: `failed with status 1: ...`
 */
export async function listByAnsible(
  path: string,
  { env, folder }: Pick<AnsibleSurroundings, 'env' | 'folder'>
): Promise<AnsibleList | { problem: string } | null> {
  // Without a PATH, the system would search its default folders.
  const folders = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  if (folders.length === 0) return null;
  // It would read such a path as a list of hosts.
  if (path.includes(',')) return { problem: 'does not accept a path with a comma' };
  const settings = {
    ...{ PATH: folders.join(delimiter), ANSIBLE_NOCOLOR: '1', ANSIBLE_DEVEL_WARNING: '0' },
    // Otherwise it skips unreadable files with a warning.
    ...{ ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: '1', ANSIBLE_INVENTORY_UNPARSED_FAILED: '1' },
  };
  const run = async (...args: string[]) =>
    runProgram({
      ...{ program: 'ansible-inventory', args, cwd: folder, env: { ...env, ...settings } },
      ...{ limitMs: TIMEOUT_MS, maxBytes: MAX_LIST_BYTES },
    });
  const [list, about] = await Promise.all([run('-i', path, '--list', '--playbook-dir', folder), run('--version')]);
  if (list.isMissing) return null;
  if (list.problem === null) {
    const [version = ''] = /\b\d+\.\d+(?:\.\d+)?/.exec(about.stdout.toString()) ?? [];
    return { text: list.stdout.toString(), version };
  }
  const said = saidBy(list.stderr.toString());
  return { problem: said === '' ? list.problem : `${list.problem}: ${said}` };
}

/** The error message without quoted inventory lines and without the text after "got", which may contain a password. */
function saidBy(stderr: string): string {
  const sentences = stderr
    .slice(-100_000)
    .split('\n')
    .flatMap((line) => /^(?:\[(?:WARNING|ERROR)\]:|ERROR!) (.*)/.exec(line)?.[1] ?? [])
    .map((sentence) => printable(withoutEnd(sentence), 200));
  return [...new Set(sentences)].slice(-3).join(' ');
}

function withoutEnd(sentence: string): string {
  const [kept] = sentence.split(/\b(?:got|found|near|in)\b:? /i, 1);
  return kept === undefined || kept.length === sentence.length ? sentence : `${kept}...${openQuote(kept)}`;
}
