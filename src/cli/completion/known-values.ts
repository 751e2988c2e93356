import { findConfiguration } from '../../config/find-configuration.ts';
import type { Configuration } from '../../domain/plans/configuration.ts';
import { verdicts } from '../../domain/verdicts/verdict.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Candidate } from './completion-at.ts';

/** The shell completes them itself. */
export const filePlaceholders: readonly string[] = ['file', 'files'];

const MAX_RUNS = 50;

type Reader = (options: ConfigurationOptions, terminal: Terminal) => Promise<Candidate[]>;

/** For each placeholder in the help, the values that are known without a connection. */
const readers: Readonly<Record<string, Reader>> = {
  server: async (...where) => named((await configuration(...where)).servers.keys()),
  async servers(...where) {
    const { servers } = await configuration(...where);
    const ofGroups = new Set([...servers.values()].flatMap(({ groups }) => groups));
    return [
      ...named(servers.keys()),
      ...named(
        [...ofGroups].map((group) => `@${group}`),
        'group'
      ),
    ];
  },
  benchmark: benchmarks,
  benchmarks,
  async classes(...where) {
    const { classes, expect, servers } = await configuration(...where);
    const ofServers = [...servers.values()].flatMap(({ hardwareClass }) => hardwareClass ?? []);
    return named(new Set([...classes.map(({ name }) => name), ...Object.keys(expect), ...ofServers]));
  },
  run: runs,
  before: runs,
  after: runs,
  async schedule(...where) {
    return named(new Set((await listedRuns(...where)).flatMap(({ schedule }) => schedule ?? [])));
  },
  verdicts: () => Promise.resolve(named(verdicts)),
  zone: () => Promise.resolve(named(Intl.supportedValuesOf('timeZone'))),
};

/** The known values of a placeholder. May reject: nothing is known then. */
export async function knownValues(
  placeholder: string,
  options: ConfigurationOptions,
  terminal: Terminal
): Promise<Candidate[]> {
  if (!Object.hasOwn(readers, placeholder) || options.inventory === '-') return []; // the shell does not write to standard input
  return readers[placeholder]!(options, terminal);
}

async function configuration(
  options: ConfigurationOptions,
  { env, stdin }: Terminal
): Promise<Pick<Configuration, 'servers' | 'benchmarks' | 'classes' | 'expect'>> {
  const { readDraft } = await import('../../worker/configuration.ts');
  return readDraft(await findConfiguration(options, env, stdin));
}

async function benchmarks(...where: Parameters<Reader>): Promise<Candidate[]> {
  return named((await configuration(...where)).benchmarks.map(({ benchmark }) => benchmark));
}

async function runs(...where: Parameters<Reader>): Promise<Candidate[]> {
  const listed = await listedRuns(...where);
  const schedules = new Set(listed.flatMap(({ schedule }) => schedule ?? []));
  const ofRuns = listed.map(({ run, note, schedule }) => ({ text: run, what: note ?? schedule ?? '' }));
  return [...named(['last', 'last-1']), ...named(schedules, 'schedule'), ...ofRuns];
}

async function listedRuns(...[options, terminal]: Parameters<Reader>) {
  const { openResults } = await import('../runs/open-results.ts');
  const { store } = await openResults(options, terminal);
  return store.listRuns({ limit: MAX_RUNS, since: null, failed: false }).finally(() => store.close());
}

function named(names: Iterable<string>, what = ''): Candidate[] {
  return [...names].map((text) => ({ text, what }));
}
