import * as z from 'zod';
import { QUANTITY_PATTERN } from '../../domain/measurements/units.ts';
import { percentage } from './schema-values.ts';

/** The values of `expect:`. */

const NOT_A_QUANTITY = 'must be a number, with or without a unit, such as 45 TFLOPS';
const quantity = z.union([z.number(), z.string().max(60).regex(QUANTITY_PATTERN, { error: NOT_A_QUANTITY })], {
  error: NOT_A_QUANTITY,
});

const within = z.union([percentage, z.tuple([quantity, quantity])], {
  error: 'must be a percentage below 100 %, such as 5%, or two bounds, such as [900, 1100]',
});

export const expectation = z.strictObject({
  reference: quantity.exactOptional().describe('The value of a healthy server.'),
  tolerance: percentage
    .exactOptional()
    .describe('Maximum shortfall from the reference, and maximum spread of the samples. Default: 10%.'),
  within: within.exactOptional().describe('Maximum deviation from the reference on either side, or two bounds.'),
  min: quantity.exactOptional().describe('A lower value is a failure.'),
  max: quantity.exactOptional().describe('A higher value is a failure.'),
  devices: z
    .int()
    .min(1)
    .max(1024)
    .exactOptional()
    .describe('How many devices must have been measured: with fewer, the server cannot be judged.'),
});

export const metricName = z.string().regex(/^[a-z][a-z0-9_-]{0,39}\.[a-z][a-z0-9_-]{0,39}$/, {
  error: 'is not a metric name such as cpu.events_per_second',
});

export type QuantityText = z.output<typeof quantity>;
export type ExpectationText = z.output<typeof expectation>;
