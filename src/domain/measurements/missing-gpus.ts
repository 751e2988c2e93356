import type { RowError } from '../failures/failure.ts';
import { gpuName, otherGpusNote, type Gpu, type Machine } from '../servers/machine.ts';
import { shortList } from '../values/short-list.ts';
import type { MeasuredDevice } from './measurement.ts';

const MAX_GPUS_SHOWN = 8;

/** The error if GPUs of a machine were not measured, or only in part; null if all were measured. */
export function missingGpus(
  machine: Pick<Machine, 'gpus' | 'otherGpus' | 'hidesDevices'>,
  measured: readonly MeasuredDevice[],
  tool: string
): RowError | null {
  const { gpus, hidesDevices = [] } = machine;
  if (gpus.length === 0) {
    const note = otherGpusNote(machine);
    const message = `no GPU: ${tool} found none${note === null ? '' : `; ${note}`}`;
    return measured.length > 0 ? null : { type: 'DeviceMissing', message };
  }
  const partitioned = measured.filter(({ isPartitioned }) => isPartitioned);
  if (partitioned.length > 0) {
    const which = partitioned.slice(0, MAX_GPUS_SHOWN).map(({ address, name }) => `${address ?? 'a GPU'} ${name}`);
    const message = `partitioned, so ${tool} sees only parts of the GPU: ${which.join(', ')}; the kernel shows ${count(gpus)}`;
    return { type: 'DevicePartitioned', message };
  }
  const missing = gpus.filter((_, index) => !measured.some(({ device }) => device === index));
  if (missing.length === 0) return null;
  const summary = `the kernel shows ${count(gpus)}, ${tool} measured ${gpus.length - missing.length}`;
  const hidden = hidesDevices.length === 0 ? '' : `; its environment sets ${hidesDevices.join(', ')}`;
  return { type: 'DeviceMissing', message: `${summary}: ${whichMissing(gpus, missing, measured)}${hidden}` };
}

/** If a driver lists GPUs without their addresses, it is unknown which one is missing. */
function whichMissing(gpus: readonly Gpu[], missing: readonly Gpu[], measured: readonly MeasuredDevice[]): string {
  const unnamed = new Set(measured.filter(({ address }) => address === null).map(({ device }) => gpus[device]?.vendor));
  const possible = gpus.filter((gpu) => unnamed.has(gpu.vendor));
  const certain = missing.filter((gpu) => !possible.includes(gpu));
  const uncertain = missing.length - certain.length;
  return [
    ...(certain.length > 0 ? [`${named(certain)} missing`] : []),
    ...(uncertain > 0 ? [`${uncertain} missing of ${named(possible)}, and OpenCL does not tell which`] : []),
  ].join('; ');
}

/** `0000:41:00.0, 0000:c1:00.0 (NVIDIA A100)` */
function named(gpus: readonly Gpu[]): string {
  const addresses = gpus.map(({ address }) => address);
  return `${shortList(addresses, MAX_GPUS_SHOWN)} (${[...new Set(gpus.map(gpuName))].join(', ')})`;
}

function count({ length }: readonly Gpu[]): string {
  return `${length} GPU${length === 1 ? '' : 's'}`;
}
