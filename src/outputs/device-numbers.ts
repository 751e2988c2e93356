import { createHash } from 'node:crypto';
import {
  combineDevices,
  FIRST_NAMED_DEVICE,
  isNamedDevice,
  type MeasuredDevice,
} from '../domain/measurements/measurement.ts';
import { gpuName, type Gpu, type Machine } from '../domain/servers/machine.ts';
import { readPciAddress } from '../domain/servers/pci-address.ts';
import { Failure } from '../domain/failures/failure.ts';
import { printable } from '../domain/values/untrusted.ts';

const MAX_NAME_LENGTH = 60;

/** @see DeviceNumbers */
export interface GpuNumbers extends Pick<Machine, 'gpus' | 'hidesDevices'> {
  /** By which number the tool calls the first GPU; null: its numbers are no GPUs. */
  firstGpu: number | null;
}

/**
 * The devices that a tool names in one output: numbers, UUIDs, PCI addresses, or other names. A GPU of the server is found
 * by its UUID or address. A number is the place of a GPU in the order of addresses, but only where no other order is
 * possible: CUDA puts the fastest model first and counts only visible devices, and a tool may leave out a GPU.
 */
export class DeviceNumbers {
  readonly #gpus: readonly Gpu[];
  readonly #isOrderKnown: boolean;
  readonly #first: number;
  readonly #names = new Map<string, number>();
  /** The numbers of devices that were named by a number, and not by a UUID or an address. */
  readonly #counted = new Set<number>();

  constructor({ gpus, hidesDevices = [], firstGpu }: GpuNumbers) {
    this.#gpus = gpus;
    this.#first = firstGpu ?? 0;
    this.#isOrderKnown = firstGpu !== null && hidesDevices.length === 0 && new Set(gpus.map(gpuName)).size === 1;
  }

  /** The same number for the same name, in all outputs. @throws Failure UnreadableOutput */
  numberOf(name: string): number {
    if (/^\d{1,5}$/.test(name)) return this.#countedAs(name, this.#indexOf(Number(name)));
    return this.#named(name, this.#indexOfGpu(name) ?? numberOfName(name));
  }

  /** The number of a device that has only a place in a list, from 0. */
  numberAt(index: number): number {
    return this.#countedAs(String(index + this.#first), index);
  }

  #countedAs(name: string, number: number): number {
    this.#counted.add(number);
    return this.#named(name, number);
  }

  #named(name: string, number: number): number {
    this.#names.set(name, number);
    return number;
  }

  #indexOf(printed: number): number {
    if (printed >= this.#first) return printed - this.#first;
    throw new Failure('UnreadableOutput', `it has a device ${printed}, but "firstGpu" is ${this.#first}`);
  }

  /** All devices that were named. */
  get devices(): MeasuredDevice[] {
    const areAll =
      this.#counted.size === this.#gpus.length && [...this.#counted].every((each) => each < this.#gpus.length);
    const devices = [...this.#names].map(([name, number]): MeasuredDevice => {
      const isKnown = (this.#isOrderKnown && areAll && !isNamedDevice(number)) || this.#indexOfGpu(name) === number;
      const gpu = isKnown ? this.#gpus[number] : undefined;
      return {
        device: number,
        address: gpu?.address ?? null,
        name: gpu === undefined ? printable(name, MAX_NAME_LENGTH) : gpuName(gpu),
        uuid: gpu?.uuid ?? null,
        isPartitioned: false,
      };
    });
    return combineDevices(devices);
  }

  #indexOfGpu(name: string): number | null {
    const address = readPciAddress(name);
    const isIt = (gpu: Gpu): boolean =>
      gpu.address === address || (gpu.uuid ? gpu.uuid.toLowerCase() === name.toLowerCase() : false);
    const index = this.#gpus.findIndex(isIt);
    return index < 0 ? null : index;
  }
}

/** A later measurement of the same server may name the devices in another order. */
function numberOfName(name: string): number {
  return FIRST_NAMED_DEVICE + createHash('sha256').update(name).digest().readUInt32BE(0);
}
