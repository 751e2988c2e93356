import { execFile } from 'node:child_process';
import { delimiter, isAbsolute } from 'node:path';
import { promisify } from 'node:util';
import { openQuote, printable } from '../../domain/values/untrusted.ts';
import { largestList } from '../../source/text-file.ts';
import type { AnsibleSurroundings } from './ansible-config.ts';

/** What `ansible-inventory --list` wrote, passwords included: for a reader, and for nobody else. */
interface AnsibleList {
  text: string;
  /** `2.19.1`; empty where it does not say it. */
  version: string;
}

const limitMs = 60_000;

/**
 * Lets the `ansible-inventory` of the PATH read an inventory, as the user's own Ansible would: with their ansible.cfg,
 * plugins and vault passwords, and a program as an inventory is run. It is asked nothing on a terminal.
 * @param path absolute
 * @returns null if there is no ansible-inventory; a problem as what follows its name: `failed with status 1: ...`
 */
export async function listByAnsible(
  path: string,
  { env, folder }: Pick<AnsibleSurroundings, 'env' | 'folder'>
): Promise<AnsibleList | { problem: string } | null> {
  // Without any PATH the system would look in folders of its own choice.
  const folders = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  if (folders.length === 0) return null;
  // It would take that for a list of hosts.
  if (path.includes(',')) return { problem: 'cannot be given a path with a comma' };
  const settings = {
    ...{ PATH: folders.join(delimiter), ANSIBLE_NOCOLOR: '1', ANSIBLE_DEVEL_WARNING: '0' },
    // Else it leaves out, with a warning, what it cannot read.
    ...{ ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: '1', ANSIBLE_INVENTORY_UNPARSED_FAILED: '1' },
  };
  const options = {
    cwd: folder,
    env: { ...env, ...settings },
    timeout: limitMs,
    maxBuffer: largestList,
    encoding: 'utf8',
  } as const;
  const run = async (...args: string[]): Promise<string> => {
    const running = promisify(execFile)('ansible-inventory', args, { ...options, killSignal: 'SIGKILL' });
    running.child.stdin?.end();
    return (await running).stdout;
  };
  try {
    const [text, about] = await Promise.all([
      run('-i', path, '--list', '--playbook-dir', folder),
      run('--version').catch(() => ''),
    ]);
    return { text, version: /\b\d+\.\d+(?:\.\d+)?/.exec(about)?.[0] ?? '' };
  } catch (error) {
    const failure = error as { code?: unknown; killed?: boolean; stderr?: unknown };
    if (failure.code === 'ENOENT') return null;
    return { problem: whyItFailed(failure) };
  }
}

function whyItFailed({ code, killed, stderr }: { code?: unknown; killed?: boolean; stderr?: unknown }): string {
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'wrote more than 64 MiB';
  if (killed) return `did not end within ${limitMs / 1000} s`;
  const said = saidBy(typeof stderr === 'string' ? stderr : '');
  const status =
    typeof code === 'number' ? `failed with status ${code}` : `could not be run (${printable(String(code), 40)})`;
  return said === '' ? status : `${status}: ${said}`;
}

/** Its own sentences. The lines that it shows of the inventory, and what it "got" there, may hold a password. */
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
