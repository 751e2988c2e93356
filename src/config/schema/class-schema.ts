import * as z from 'zod';
import { CLASS_NAME_PATTERN } from '../../domain/servers/hardware-class.ts';
import { line } from './schema-values.ts';

/** The values of `classes:`, and the names of classes. */

export const className = z.string().regex(CLASS_NAME_PATTERN, {
  error: 'is not a valid class name: letters, digits, ".", "_" and "-", at most 60 characters',
});

const counted = z
  .union([z.int().min(0), bounds(z.int().min(0))], { error: 'must be a number, or a range such as { min: 8 }' })
  .transform((value) => (typeof value === 'number' ? { min: value, max: value } : value));

const memory = bounds(
  z.number().min(0),
  'must be a range such as { min: 500 }: the system reports less than is installed'
);

const criteria = z
  .strictObject({
    gpuModel: line(100)
      .exactOptional()
      .describe('Model of its GPUs, such as `*H100*`; PCI ids if they have no name: `*10de:2330`.'),
    gpus: counted.exactOptional().describe('Number of GPUs; with `gpuModel`, of that model.'),
    cpuModel: line(100).exactOptional().describe('As in /proc/cpuinfo: `*EPYC 9654*`.'),
    cpus: counted.exactOptional().describe('Number of CPUs (threads) that the user may use, as `nproc` prints it.'),
    memoryGib: memory.exactOptional().describe('A range: the system reports less than is installed.'),
  })
  .refine((detect) => Object.keys(detect).length > 0, {
    error: 'must have a criterion, such as { cpus: 2 }',
    when: ({ issues }) => issues.length === 0,
  });

export const hardwareClass = z.strictObject({
  groups: z
    .array(line(100))
    .min(1)
    .max(100)
    .exactOptional()
    .describe('Servers in one of these groups have this class.'),
  detect: criteria.exactOptional().describe('Servers that match all of these criteria have this class.'),
});

/** At least one of two bounds. @param otherwise the error for anything but a map */
function bounds(value: z.ZodNumber, otherwise?: string) {
  return z
    .strictObject(
      {
        min: value.exactOptional().describe('At least this.'),
        max: value.exactOptional().describe('At most this.'),
      },
      { error: ({ code }) => (code === 'invalid_type' ? otherwise : undefined) }
    )
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'must have a min or a max')
    .refine(({ min = -Infinity, max = Infinity }) => min <= max, 'has a min above its max');
}
