import type { z } from 'zod';
import type { Configuration } from '../../domain/plans/configuration.ts';
import { Failure } from '../../domain/failures/failure.ts';
import { MAX_SERVERS, type FleetPlan, type ServerInput } from '../../domain/plans/plan.ts';
import type { Server } from '../../domain/servers/server.ts';
import { didYouMean } from '../../source/nearest-word.ts';
import { problemText, quoted } from '../../source/problem.ts';
import { checkSchema, describe } from '../../source/schema-problems.ts';
import { fleetInputSchema, serverInputSchema } from './input-schema.ts';
import { sameAddresses } from './same-address.ts';
import { drawSeed, sampleServers } from './sample-servers.ts';
import { selectServers } from './select-servers.ts';
import { unknownServer } from './selection-pattern.ts';

/** The input of `benchmarkFleet`, resolved against the configuration. */
export type FleetSelection = Omit<FleetPlan, 'serverTimeoutMs'> & Required<Pick<FleetPlan, 'selection' | 'skipped'>>;

/** The common options of a run of a fleet and of one server. */
type Measuring = Required<Pick<ServerInput, 'benchmarks' | 'measureOnly' | 'evenIfBusy' | 'checkOnly'>>;

/**
 * Reads the arguments of `benchmarkFleet`, which are untrusted. No argument, null or {} selects everything.
 * @throws Failure InvalidInput, UnknownServer
 */
export function readFleetInput(args: readonly unknown[], configuration: Configuration): FleetSelection {
  const selection = selectFleet(args, configuration);
  const { length } = selection.serverIds;
  if (length <= MAX_SERVERS) return selection;
  const count = `${length} servers are selected, and this version runs at most ${MAX_SERVERS} in one run`;
  throw new Failure('InvalidInput', `${count}; choose fewer with "limit".`);
}

/** Like {@link readFleetInput}, without a limit on the number of servers: for listings, which run nothing. */
export function selectFleet(args: readonly unknown[], configuration: Configuration): FleetSelection {
  const example = '{"limit": ["web-*"], "maxParallel": 5}';
  const input = checkInput(fleetInputSchema, onlyArgument(args, 'benchmarkFleet', example) ?? {}, 'benchmarkFleet');
  const { serverIds, selection } = chooseServers(input, configuration);
  return {
    serverIds,
    selection,
    skipped: whySkipped(serverIds.map((serverId) => configuration.servers.get(serverId)!)),
    maxParallel: Math.min(input.maxParallel ?? configuration.maxParallel, configuration.maxParallel),
    note: input.note ?? null,
    ...(input.retryOf !== undefined && { retryOf: input.retryOf }),
    ...measuringOf(input, configuration),
  };
}

/** Why servers are skipped: they do not use SSH, or another one is the same machine. */
function whySkipped(servers: readonly Server[]): Record<string, string> {
  const others = servers.flatMap(({ serverId, skip }) => (skip === undefined ? [] : [[serverId, skip] as const]));
  return { ...Object.fromEntries(others), ...sameAddresses(servers.filter(({ skip }) => skip === undefined)) };
}

function chooseServers(
  { limit, sample, seed }: z.output<typeof fleetInputSchema>,
  { servers }: Configuration
): Pick<FleetSelection, 'serverIds' | 'selection'> {
  const limited = selectServers(servers.values(), limit ?? []);
  const selection = { limit: limit ?? null, sample: null, seed: null, of: limited.length };
  if (sample === undefined) {
    if (seed !== undefined)
      throw new Failure('InvalidInput', 'A seed needs a sample: set "sample" to a number or a percentage.');
    return { serverIds: limited, selection };
  }
  const used = seed ?? drawSeed();
  return { serverIds: sampleServers(limited, sample, used), selection: { ...selection, sample, seed: used } };
}

/**
 * Reads the arguments of `benchmarkServer`.
 * @throws Failure InvalidInput, UnknownServer
 */
export function readServerInput(
  args: readonly unknown[],
  configuration: Configuration
): Measuring & { serverId: string } {
  const given = onlyArgument(args, 'benchmarkServer', '{"serverId": "web-1"}');
  if (given === null)
    throw new Failure('InvalidInput', 'benchmarkServer needs an input such as {"serverId": "web-1"}.');
  const input = checkInput(serverInputSchema, given, 'benchmarkServer');
  const server = configuration.servers.get(input.serverId);
  if (server === undefined) throw unknownServer(input.serverId, [...configuration.servers.keys()]);
  if (server.skip !== undefined) throw new Failure('InvalidInput', `${input.serverId}: ${server.skip}.`);
  return { serverId: input.serverId, ...measuringOf(input, configuration) };
}

function measuringOf(
  { benchmarks, measureOnly = false, evenIfBusy = false, checkOnly = false }: Partial<Measuring>,
  configuration: Configuration
): Measuring {
  return { benchmarks: selectBenchmarks(benchmarks, configuration), measureOnly, evenIfBusy, checkOnly };
}

/** The one argument, an object; null if there is none. */
function onlyArgument(args: readonly unknown[], workflow: string, example: string): object | null {
  const [input = null] = args;
  if (args.length > 1) {
    throw new Failure('InvalidInput', `${workflow} takes one input such as ${example}, not ${args.length}.`);
  }
  if (input !== null && (typeof input !== 'object' || Array.isArray(input))) {
    throw new Failure('InvalidInput', `${workflow} takes an object such as ${example}, not ${describe(input)}.`);
  }
  return input;
}

function checkInput<Schema extends z.ZodType>(schema: Schema, input: object, workflow: string): z.output<Schema> {
  const { value, problems } = checkSchema(schema, input);
  if (value !== null) return value;
  const few = problems.slice(0, 5).map(problemText);
  throw new Failure('InvalidInput', `Invalid input for ${workflow}: ${few.join('; ')}`);
}

/** In their configured order. */
function selectBenchmarks(names: readonly string[] | undefined, configuration: Configuration): string[] {
  const configured = configuration.benchmarks.map(({ benchmark }) => benchmark);
  const unknown = names?.find((name) => !configured.includes(name));
  if (unknown !== undefined) {
    const similar = didYouMean(unknown, configured);
    const message = `There is no benchmark ${quoted(unknown)}; configured: ${configured.join(', ')}${similar}`;
    throw new Failure('InvalidInput', message);
  }
  return configured.filter((name) => names === undefined || names.includes(name));
}
