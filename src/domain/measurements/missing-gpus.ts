import type { RowError } from '../failures/failure.ts';
import { gpuName, otherGpusNote } from '../servers/machine.ts';
import type { Gpu, Machine } from '../servers/machine.ts';
import type { MeasuredDevice } from './measurement.ts';

/** Named in a message. */
const NAMED_GPUS = 8;

/**
 * Which GPUs of a machine could not be measured, or not as a whole; null: all were.
 * @param measured - what a tool found, each device by its place among the GPUs of the machine
 */
export function missingGpus(
  machine: Pick<Machine, 'gpus' | 'otherGpus' | 'hidesDevices'>,
  measured: readonly MeasuredDevice[],
  tool: string
): RowError | null {
  const { gpus, hidesDevices = [] } = machine;
  if (gpus.length === 0) return measured.length > 0 ? null : { type: 'DeviceMissing', message: noGpu(machine, tool) };
  const partitioned = measured.filter(({ isPartitioned }) => isPartitioned);
  if (partitioned.length > 0) {
    const which = partitioned.slice(0, NAMED_GPUS).map(({ address, name }) => `${address ?? 'a GPU'} ${name}`);
    const message = `partitioned, so that ${tool} sees parts of the GPU only: ${which.join(', ')}; the kernel shows ${count(gpus)}`;
    return { type: 'DevicePartitioned', message };
  }
  const missing = gpus.filter((_, place) => !measured.some(({ device }) => device === place));
  if (missing.length === 0) return null;
  const told = `the kernel shows ${count(gpus)}, ${tool} measured ${gpus.length - missing.length}`;
  const hidden = hidesDevices.length === 0 ? '' : `; the environment of its login says ${hidesDevices.join(', ')}`;
  return { type: 'DeviceMissing', message: `${told}: ${whichMissing(gpus, missing, measured)}${hidden}` };
}

/** A driver that does not tell which of its GPUs it lists does not tell which one it lacks. */
function whichMissing(gpus: readonly Gpu[], missing: readonly Gpu[], measured: readonly MeasuredDevice[]): string {
  const unnamed = new Set(measured.filter(({ address }) => address === null).map(({ device }) => gpus[device]?.vendor));
  const possible = gpus.filter((gpu) => unnamed.has(gpu.vendor));
  const certain = missing.filter((gpu) => !possible.includes(gpu));
  const parts: string[] = [];
  if (certain.length > 0) parts.push(`${named(certain)} missing`);
  if (certain.length < missing.length) {
    parts.push(`${missing.length - certain.length} missing of ${named(possible)}, and OpenCL does not tell which`);
  }
  return parts.join('; ');
}

function noGpu(machine: Pick<Machine, 'gpus' | 'otherGpus'>, tool: string): string {
  const note = otherGpusNote(machine);
  return `no GPU: ${tool} found none${note === null ? '' : `; ${note}`}`;
}

/** `0000:41:00.0, 0000:c1:00.0 (NVIDIA A100)` */
function named(gpus: readonly Gpu[]): string {
  const more = gpus.length > NAMED_GPUS ? ` and ${gpus.length - NAMED_GPUS} more` : '';
  const addresses = gpus.slice(0, NAMED_GPUS).map(({ address }) => address);
  return `${addresses.join(', ')}${more} (${[...new Set(gpus.map(gpuName))].join(', ')})`;
}

function count({ length }: readonly Gpu[]): string {
  return `${length} GPU${length === 1 ? '' : 's'}`;
}
