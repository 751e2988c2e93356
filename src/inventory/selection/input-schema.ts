import { z } from 'zod';
import { MAX_SEED } from '../../domain/values/seeded-random.ts';
import { isSample } from './sample-servers.ts';

/** What a workflow may be started with. Whoever starts one need not be trusted: sizes are bounded. */

const benchmarks = z.array(z.string()).min(1, 'must not be empty; leave it out for all benchmarks').max(100);

// Control characters, line breaks, and what turns the direction of text.
const UNPRINTABLE_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u;

/** It stands in the report, which has a limit of its own. */
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

const sample = z
  .union([z.number(), z.string()], { error: 'must be a number of servers such as 5, or a percentage such as "10%"' })
  .refine(isSample, 'must be a number of servers such as 5, or a percentage such as "10%"');

export const fleetInputSchema = z.strictObject({
  limit: z.exactOptional(limit),
  sample: z.exactOptional(sample),
  seed: z.exactOptional(z.int().min(0).max(MAX_SEED)),
  benchmarks: z.exactOptional(benchmarks),
  maxParallel: z.exactOptional(z.int().min(1)),
  note: z.exactOptional(
    z
      .string()
      .max(200)
      .refine((text) => !UNPRINTABLE_CHARACTERS.test(text), 'must be one line of printable text')
      .nullable()
  ),
  measureOnly: z.exactOptional(z.boolean()),
  evenIfBusy: z.exactOptional(z.boolean()),
  checkOnly: z.exactOptional(z.boolean()),
});

export const serverInputSchema = z.strictObject({
  serverId: z.string(),
  benchmarks: z.exactOptional(benchmarks),
  measureOnly: z.exactOptional(z.boolean()),
  evenIfBusy: z.exactOptional(z.boolean()),
  tellWhenReached: z.exactOptional(z.boolean()),
  checkOnly: z.exactOptional(z.boolean()),
  maxRowBytes: z.exactOptional(z.int().min(1_000)),
  afterReset: z.exactOptional(z.boolean()),
});
