import * as z from 'zod';
import type { FleetInput, ServerInput } from '../../domain/plans/plan.ts';
import { MAX_SEED } from '../../domain/values/seeded-random.ts';
import { isSample } from './sample-servers.ts';

/** The inputs of workflows. They are untrusted, so their sizes are limited. */

// Unlike isPrintable, accepts the joiners of Persian, Indian scripts and emoji, because people write notes.
const NO_LINE_OF_TEXT = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u;

/** The report contains it, and has a limit of its own. */
const MAX_LIMIT_LENGTH = 200_000;

const limit = z
  .union([z.string(), z.array(z.string()).min(1, 'must not be empty; leave it out for all servers').max(10_000)], {
    error: 'must be an id or a pattern such as "web-*", or a list of them',
  })
  .transform((patterns) => [patterns].flat())
  .refine(
    (patterns) => patterns.reduce((sum, { length }) => sum + length, 0) <= MAX_LIMIT_LENGTH,
    `must not be longer than ${MAX_LIMIT_LENGTH} characters; choose by groups, wildcards or node sets`
  );

const SAMPLE_RULE = 'must be a number of servers such as 5, or a percentage up to 100 %, such as "10%"';
const sample = z.union([z.number(), z.string()], { error: SAMPLE_RULE }).refine(isSample, SAMPLE_RULE);

const note = z
  .string()
  .max(200)
  .refine((text) => !NO_LINE_OF_TEXT.test(text), 'must be one line of printable text')
  .nullable();

/** Temporal allows this many bytes, of any characters. */
const MAX_RUN_ID_LENGTH = 1_000;

const benchmarks = z.array(z.string()).min(1, 'must not be empty; leave it out for all benchmarks').max(100);
const flag = z.exactOptional(z.boolean());
const shared = { benchmarks: z.exactOptional(benchmarks), measureOnly: flag, evenIfBusy: flag, checkOnly: flag };

export const fleetInputSchema = z.strictObject({
  limit: z.exactOptional(limit),
  sample: z.exactOptional(sample),
  seed: z.exactOptional(z.int().min(0).max(MAX_SEED)),
  maxParallel: z.exactOptional(z.int().min(1)),
  note: z.exactOptional(note),
  retryOf: z.exactOptional(z.string().max(MAX_RUN_ID_LENGTH)),
  ...shared,
}) satisfies z.ZodType<FleetInput>;

export const serverInputSchema = z.strictObject({
  serverId: z.string(),
  ...shared,
  tellWhenReached: flag,
  maxRowBytes: z.exactOptional(z.int().min(1_000)),
  afterReset: flag,
  localSteps: flag,
  record: z.exactOptional(z.strictObject({ runStartedAt: z.iso.datetime() })),
  searchAttributes: flag,
  next: z.exactOptional(z.string()),
}) satisfies z.ZodType<ServerInput>;
