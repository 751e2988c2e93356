import { z } from 'zod';
import { CLASS_NAME_PATTERN } from '../../domain/servers/hardware-class.ts';
import { line } from './schema-values.ts';

/** What `classes:` may hold, and what names a class. */

export const className = z.string().regex(CLASS_NAME_PATTERN, {
  error: 'is not a valid class name: letters, digits, ".", "_" and "-", at most 60 characters',
});

const counted = z.union([z.int().min(0), bounds(z.int().min(0))], {
  error: 'must be a number, or a range such as { min: 8 }',
});

export const hardwareClass = z.strictObject({
  groups: z.exactOptional(z.array(line(100)).min(1).max(100)).describe('Servers in one of these are of this class.'),
  detect: z
    .exactOptional(
      z
        .strictObject({
          gpuModel: z
            .exactOptional(line(100))
            .describe('What its GPUs are called, as `*H100*`; where nothing names them, by PCI ids: `*10de:2330`.'),
          gpus: z.exactOptional(counted).describe('How many GPUs it has: of that model, where one is given.'),
          cpuModel: z.exactOptional(line(100)).describe('As in /proc/cpuinfo: `*EPYC 9654*`.'),
          cpus: z.exactOptional(counted).describe('How many CPUs (threads) the user may use, as `nproc` counts them.'),
          memoryGib: z
            .exactOptional(
              bounds(
                z.number().min(0),
                'must be a range such as { min: 500 }: the system reports less than is installed'
              )
            )
            .describe('A range: the system counts less than what is built in.'),
        })
        .refine((detect) => Object.keys(detect).length > 0, {
          error: 'must have a criterion, such as { cpus: 2 }',
          when: ({ issues }) => issues.length === 0,
        })
    )
    .describe('Servers whose machine is like this, in all that is given, are of this class.'),
});

/** At least one of two bounds. @param otherwise says what it has to be */
function bounds(value: z.ZodNumber, otherwise?: string) {
  return z
    .strictObject(
      {
        min: z.exactOptional(value).describe('This, or more.'),
        max: z.exactOptional(value).describe('This, or less.'),
      },
      { error: ({ code }) => (code === 'invalid_type' ? otherwise : undefined) }
    )
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'must have a min or a max')
    .refine(({ min = -Infinity, max = Infinity }) => min <= max, 'has a min above its max');
}
