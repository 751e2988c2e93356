import { z } from 'zod';
import { QUANTITY_PATTERN } from '../../domain/measurements/units.ts';
import { percentage } from './schema-values.ts';

/** What `expect:` may hold of a class. */

const NOT_A_QUANTITY = 'must be a number, with or without a unit, such as 45 TFLOPS';
const quantity = z.union([z.number(), z.string().max(60).regex(QUANTITY_PATTERN, { error: NOT_A_QUANTITY })], {
  error: NOT_A_QUANTITY,
});

export const expectation = z.strictObject({
  reference: z.exactOptional(quantity).describe('What a healthy server reaches.'),
  tolerance: z
    .exactOptional(percentage)
    .describe('How far a value may fall short of the reference, and samples may be apart. Default: 10%.'),
  within: z
    .exactOptional(
      z.union([percentage, z.tuple([quantity, quantity])], {
        error: 'must be a percentage below 100 %, such as 5%, or two bounds, such as [900, 1100]',
      })
    )
    .describe('How far it may be from the reference on either side, or the bounds: both sides are failures.'),
  min: z.exactOptional(quantity).describe('Less than this is a failure.'),
  max: z.exactOptional(quantity).describe('More than this is a failure.'),
});

export const metricName = z.string().regex(/^[a-z][a-z0-9_-]{0,39}\.[a-z][a-z0-9_-]{0,39}$/, {
  error: 'is not a metric name such as cpu.events_per_second',
});

export type QuantityText = z.output<typeof quantity>;
export type ExpectationText = z.output<typeof expectation>;
