import { FIRST_NAMED_DEVICE, isNamedDevice, type MeasuredDevice } from '../domain/measurements/measurement.ts';
import { gpuName, type Gpu, type Machine } from '../domain/servers/machine.ts';
import { readPciAddress } from '../domain/servers/pci-address.ts';
import { printable } from '../domain/values/untrusted.ts';

const MAX_NAME_LENGTH = 60;

/**
 * The devices that a tool names in its output: numbers, UUIDs, PCI addresses, or other names. A GPU of the server is found
 * by its UUID or address. A number is its place in the order of addresses, but only where no other order is possible: CUDA
 * puts the fastest model first, and counts only the devices that are visible.
 */
export class DeviceNumbers {
  readonly #gpus: readonly Gpu[];
  readonly #isOrderKnown: boolean;
  readonly #names = new Map<string, number>();

  constructor({ gpus, hidesDevices = [] }: Pick<Machine, 'gpus' | 'hidesDevices'>) {
    this.#gpus = gpus;
    this.#isOrderKnown = hidesDevices.length === 0 && new Set(gpus.map(gpuName)).size === 1;
  }

  /** The same number for the same name, in all samples. */
  numberOf(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const number = /^\d{1,5}$/.test(name) ? Number(name) : this.#indexOfGpu(name);
    const given = number ?? FIRST_NAMED_DEVICE + this.#names.size;
    this.#names.set(name, given);
    return given;
  }

  /** All devices that were named. */
  get devices(): MeasuredDevice[] {
    const arePlaces = [...this.#names.values()].every((number) => isNamedDevice(number) || number < this.#gpus.length);
    const devices = [...this.#names].map(([name, number]): MeasuredDevice => {
      const isKnown = (this.#isOrderKnown && arePlaces) || this.#indexOfGpu(name) === number;
      const gpu = isKnown ? this.#gpus[number] : undefined;
      return {
        device: number,
        address: gpu?.address ?? null,
        name: gpu === undefined ? printable(name, MAX_NAME_LENGTH) : gpuName(gpu),
        uuid: gpu?.uuid ?? null,
        isPartitioned: false,
      };
    });
    return [...new Map(devices.map((each) => [each.device, each])).values()].sort((a, b) => a.device - b.device);
  }

  #indexOfGpu(name: string): number | null {
    const address = readPciAddress(name);
    const index = this.#gpus.findIndex(
      (gpu) => gpu.address === address || (gpu.uuid ?? '').toLowerCase() === name.toLowerCase()
    );
    return index < 0 ? null : index;
  }
}
