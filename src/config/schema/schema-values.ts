import * as z from 'zod';
import { convert, readQuantity } from '../../domain/measurements/units.ts';
import { isPrintable } from '../../domain/values/untrusted.ts';
import { DURATION_PATTERN, formatDuration, parseDuration } from '../../source/duration.ts';

/** The kinds of values that `fleetmark.yaml` has in several places. */

export function line(maxLength: number) {
  return z.string().min(1).max(maxLength).refine(isPrintable, 'must be one line of printable text');
}

export const path = line(1000);

/** Options of a map: the message if it is something else. */
export function mapLike(example: string) {
  return {
    error: ({ code }: { code?: string | undefined }) =>
      code === 'invalid_type' ? `must be a map such as ${example}` : undefined,
  };
}

export function duration(minMs: number, maxMs: number) {
  return z
    .string({ error: ({ input }) => (typeof input === 'number' ? `needs a unit: ${input}s or ${input}m` : undefined) })
    .regex(DURATION_PATTERN, 'must be a duration such as 10s, 2m, 1h30m or 500ms')
    .transform((text, context) => {
      const milliseconds = parseDuration(text) ?? Number.NaN;
      if (milliseconds >= minMs && milliseconds <= maxMs) return milliseconds;
      context.addIssue(`must be from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`);
      return z.NEVER;
    });
}

/** A number of bytes, with its unit. */
export function size(maxBytes: number) {
  return z.string({ error: 'must be a size such as 64 KiB or 2 MiB' }).transform((text, context) => {
    const quantity = readQuantity(text);
    const bytes = quantity === null || quantity.unit === '' ? null : convert(quantity, 'B');
    if (bytes !== null && Number.isInteger(bytes) && bytes >= 1 && bytes <= maxBytes) return bytes;
    context.addIssue(`must be a size such as 64 KiB, at most ${maxBytes / 1024 / 1024} MiB`);
    return z.NEVER;
  });
}

export const percentage = z
  .union([z.number(), z.string()], { error: 'must be a percentage such as 10%, or a fraction such as 0.1' })
  .transform((value, context) => {
    const [, percent] = /^(\d{1,9}(?:\.\d{1,9})?) ?%$/.exec(String(value)) ?? [];
    const fraction = typeof value === 'number' ? value : Number(percent ?? Number.NaN) / 100;
    if (fraction >= 0 && fraction < 1) return fraction;
    if (fraction >= 1) context.addIssue('must be below 100 %, or everything passes; write 10% or 0.1');
    else context.addIssue('must be a percentage such as 10%, or a fraction such as 0.1');
    return z.NEVER;
  });

/** A limit that `off` (`false` in YAML 1.1) disables. */
export function limit<Value>(kind: z.ZodType<Value, string | number>, example: string) {
  return z.union([z.literal(['off', false]).transform(() => null), kind], {
    error: (issue) => {
      const [problem] = issue.code === 'invalid_union' ? (issue.errors.at(-1) ?? []) : [];
      const kinds = ['too_small', 'too_big', 'custom'];
      return problem && kinds.includes(problem.code) ? `${problem.message}, or off` : `must be ${example}, or off`;
    },
  });
}
