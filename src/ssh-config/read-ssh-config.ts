import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';
import { quoted } from '../source/problem.ts';
import type { Account } from '../source/surroundings.ts';
import { mostCharacters, readTextFile } from '../source/text-file.ts';
import { applyOption } from './apply-option.ts';
import { expandOptions } from './expand-options.ts';
import { filesOfInclude } from './include.ts';
import { matchesAny, matchesLine } from './match.ts';
import { knownOptions } from './option-policy.ts';
import type { AskedHost, FoundOptions, SshOption } from './options.ts';
import { expandHome, expandTokens } from './tokens.ts';
import { readConfigLine } from './words.ts';
import type { ConfigLine } from './words.ts';

/** A configuration that is read, and where its relative includes are. */
export interface ConfigSource {
  file: string;
  folder: string;
  /** Nobody else may be able to write into it. */
  isOwn: boolean;
}

interface Reading {
  asked: AskedHost;
  account: Account;
  options: Map<string, SshOption[]>;
  files: Set<string>;
  /** How many times a file was read. */
  read: number;
  /** What `IgnoreUnknown` says so far. */
  mayBeUnknown: string[];
}

const deepest = 16;
/** A folder that includes itself would be read without an end. */
const mostFiles = 1000;

/** Why it is not asked is not known here: see find-ssh-config.ts. */
const whyNotAsked = 'an ssh client would be asked if there were one, and HOME the home of this account';

/**
 * Reads configurations of ssh where no ssh client does it: `Host` with `!`, `*` and `?`; `Match all`, `host`,
 * `originalhost`, `user`, `localuser`; `Include`; what is set first counts. What would take ssh itself (`Match exec`,
 * canonical names, keywords and conditions in quotes) is a refusal, by ssh_config(5) and readconf.c of OpenSSH 9. What is
 * not for this host has to be right, too; of options that are passed over no value is looked at.
 * @throws Failure InvalidConfig with file and line
 */
export async function readSshConfig(
  sources: readonly ConfigSource[],
  asked: AskedHost,
  account: Account
): Promise<FoundOptions> {
  const reading: Reading = { asked, account, options: new Map(), files: new Set(), read: 0, mayBeUnknown: [] };
  for (const source of sources) await readFile(reading, source, { file: source.file, depth: 0, mayCount: true });
  return { options: expandOptions(reading.options, asked, account), files: [...reading.files] };
}

interface Part {
  file: string;
  depth: number;
  /** Else it is included where nothing counts: nothing of it does, but it has to be right. */
  mayCount: boolean;
}

async function readFile(reading: Reading, source: ConfigSource, { file, depth, mayCount }: Part): Promise<void> {
  reading.files.add(file);
  reading.read += 1;
  if (reading.read > mostFiles) throw new Failure('InvalidConfig', `${file} is one of more than ${mostFiles} includes`);
  const read = await readTextFile(file);
  if (!('text' in read)) {
    if (read.missing) return;
    throw new Failure('InvalidConfig', `the configuration of ssh ${file} ${read.unreadable}`);
  }
  if (source.isOwn) await refuseOthers(file);
  let isActive = mayCount;
  for (const [index, raw] of read.text.split('\n').entries()) {
    const from = `${file} line ${index + 1}`;
    if (raw.length > mostCharacters) throw refusal(from, `is longer than ${mostCharacters} characters`);
    const line = readConfigLine(raw);
    if (line === null) continue;
    if ('problem' in line) throw refusal(from, line.problem);
    switch (line.keyword) {
      case 'host':
        if (line.words.length === 0 || line.words.includes('')) throw refusal(from, 'has no host');
        isActive = mayCount && matchesAny(reading.asked.host, line.words);
        break;
      case 'match':
        isActive = matches(reading, line, from, mayCount);
        break;
      case 'include':
        await include(reading, source, line, { from, depth, isActive });
        break;
      default:
        readOption(reading, line, from, isActive);
    }
  }
}

function matches({ asked, account, options }: Reading, { rest }: ConfigLine, from: string, mayCount: boolean): boolean {
  const hostName = options.get('hostname')?.[0]?.value;
  const host = hostName === undefined ? asked.host : expandTokens(hostName, { h: asked.host, '%': '%' }, null);
  if (host === null && mayCount) throw refusal(from, 'comes after a HostName with an unknown token');
  const localuser = account.user ?? '';
  const user = asked.user ?? options.get('user')?.[0]?.value ?? localuser;
  const answer = matchesLine(rest, { host: host ?? '', originalhost: asked.host, user, localuser }, mayCount);
  if (typeof answer === 'boolean') return answer;
  throw refusal(from, `Match ${answer.problem}; ${whyNotAsked}`);
}

async function include(
  reading: Reading,
  source: ConfigSource,
  { words }: ConfigLine,
  { from, depth, isActive }: { from: string; depth: number; isActive: boolean }
): Promise<void> {
  if (words.length === 0) throw refusal(from, 'Include names no file');
  if (depth === deepest) throw refusal(from, `is included by more than ${deepest} files`);
  for (const word of words) {
    const path = expandHome(word, reading.account.home);
    const isKnown = path !== null && !/[[\]{}\\]/.test(path);
    if (!isKnown && !isActive) continue;
    if (!isKnown) throw refusal(from, `Include ${quoted(word)} takes ssh itself to find; ${whyNotAsked}`);
    const found = await filesOfInclude(isAbsolute(path) ? path : join(source.folder, path));
    for (const folder of found.folders) reading.files.add(folder);
    for (const file of found.files) await readFile(reading, source, { file, depth: depth + 1, mayCount: isActive });
  }
}

function readOption(reading: Reading, line: ConfigLine, from: string, isActive: boolean): void {
  const { keyword, words } = line;
  if (keyword === 'ignoreunknown') {
    if (isActive) reading.mayBeUnknown.push(...(words[0] ?? '').toLowerCase().split(','));
    return;
  }
  if (keyword === 'canonicalizehostname') {
    if (isActive && !/^(?:no|false)$/i.test(words[0] ?? ''))
      throw refusal(from, `${keyword} takes ssh itself to follow; ${whyNotAsked}`);
    return;
  }
  if (!knownOptions.has(keyword)) {
    if (matchesAny(keyword, reading.mayBeUnknown)) return;
    throw refusal(from, `${quoted(keyword)} is no option of ssh`);
  }
  // ssh looks at it in every line, and at no other value with variables.
  if (
    keyword === 'identityagent' &&
    expandTokens((words[0] ?? '').replaceAll('%', ''), {}, reading.account.env) === null
  ) {
    throw refusal(from, `${keyword} ${quoted(words[0]!)} has a variable that is not set`);
  }
  const problem = applyOption(reading.options, line, from, isActive);
  if (problem !== null) throw refusal(from, `${keyword} ${problem}`);
}

async function refuseOthers(file: string): Promise<void> {
  const { uid, mode } = await stat(file);
  const isOurs = uid === 0 || uid === process.getuid?.();
  if (isOurs && (mode & 0o022) === 0) return;
  throw new Failure(
    'InvalidConfig',
    `others may write into ${file}, which ssh does not read then either: chmod 600 it`
  );
}

function refusal(from: string, problem: string): Failure {
  return new Failure('InvalidConfig', `${from}: ${problem}`);
}
