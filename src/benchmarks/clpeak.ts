import type { BenchmarkSettings } from '../domain/plans/configuration.ts';
import type { Machine } from '../domain/servers/machine.ts';
import { DEVICES, type MeasuredDevice, type Reading } from '../domain/measurements/measurement.ts';
import { shellCommand } from '../domain/jobs/shell.ts';
import { positive, printable } from '../domain/values/untrusted.ts';
import { openclName, readClinfo } from './clinfo.ts';
import { findComputeDevices, type ComputeDevice } from './opencl-devices.ts';
import { unreadable, type Output, type Tool } from './tool.ts';

const devices = { metric: 'gpu.devices', unit: DEVICES, better: 'higher' } as const;
const compute = { metric: 'gpu.fp32_gflops', unit: 'GFLOPS', better: 'higher' } as const;
const memory = { metric: 'gpu.memory_gb_per_second', unit: 'GB/s', better: 'higher' } as const;

/** Separates the output of clinfo from that of clpeak. */
const MARKER = '@@ fleetmark clpeak @@';

/**
 * clpeak 1.1, https://github.com/krrishnarraj/clpeak: peak single-precision arithmetic and memory bandwidth of every
 * OpenCL device. It does not say which device it measures, hence clinfo, whose order is the same.
 */
export const clpeak: Tool = {
  name: 'clpeak',
  benchmark: 'gpu',
  byDefault: true,
  needsGpus: true,
  minTimeoutMs: 5 * 60_000,
  metrics: [devices, compute, memory],
  timed: false,
  loadsAllCpus: false,
  executables: ['clpeak', 'clinfo'],
  packages: { 'apt-get': 'clpeak clinfo', pacman: 'clpeak clinfo' },

  command() {
    const marked = shellCommand(['printf', '\\n%s\\n', MARKER]);
    // One platform at a time: at a platform without devices, clpeak exits and skips all later ones. For a platform that
    // does not exist, it prints nothing.
    const measure = 'clpeak --platform "$platform" --global-bandwidth --compute-sp';
    const all = `for platform in 0 1 2 3 4 5 6 7; do ${measure}; done`;
    return `clinfo --json; ${marked}; clpeak --version; ${all}`;
  },

  parse(result, settings, machine) {
    const [listing, peaks, ...rest] = result.stdout.split(`\n${MARKER}\n`);
    if (listing === undefined || peaks === undefined || rest.length > 0) {
      throw unreadable('the output of clinfo or of clpeak is missing', result);
    }
    const version = /^clpeak version: *(\d[\w.-]{0,30})/m.exec(peaks)?.[1];
    if (version === undefined) throw unreadable('clpeak printed no version', { ...result, stdout: peaks });
    if (!version.startsWith('1.1.')) throw unreadable(`clpeak is version ${version}; 1.1.x is supported`, result);
    const { measured, notCounted } = pairDevices(listing, peaks, { settings, machine, output: result });
    const readings = measured.flatMap(({ device, sections }) => readingsOf(device, sections, result));
    const found = measured.map(({ device }) => measuredDevice(device, machine));
    const count = isCountable(found, machine) ? [{ ...devices, device: null, value: found.length }] : [];
    return { version, readings: [...count, ...readings], devices: found, notCounted };
  },
};

/** The output of clpeak below a `Device:` line. */
interface Section {
  name: string;
  lines: string[];
}

interface PlatformSection {
  name: string;
  devices: Section[];
}

/** The devices to measure, each with its sections in the output of clpeak, which has the same order as clinfo. */
function pairDevices(
  listing: string,
  peaks: string,
  { settings, machine, output }: { settings: BenchmarkSettings; machine: Machine; output: Output }
): { measured: { device: ComputeDevice; sections: Section[] }[]; notCounted: string[] } {
  const listed = readClinfo(listing);
  if (!listed) throw unreadable('clinfo printed no list of OpenCL devices (clinfo 3.0 or later is supported)', output);
  const printed = readSections(peaks);
  requireSame(listed, printed, 'platforms', output);
  const options = { openclCpuDevices: settings.openclCpuDevices, isChosenByHand: settings.devices !== null };
  const { devices: found, notCounted } = findComputeDevices(listed, machine, options);
  const counted = new Set(found.flatMap(({ entries }) => entries.map(({ platform }) => platform)));
  for (const platform of counted) {
    const { name, devices: own } = listed[platform]!;
    requireSame(own, printed[platform]!.devices, `devices of "${name}"`, output);
  }
  const measured = found.map((device) => ({
    device,
    sections: device.entries.map(({ platform, position }) => printed[platform]!.devices[position]!),
  }));
  return { measured, notCounted };
}

function readingsOf(device: ComputeDevice, sections: readonly Section[], output: Output): Reading[] {
  const { index, address, isPartitioned } = device;
  if (isPartitioned) return [];
  const name = `"${device.name}"${address === null ? '' : ` (${address})`}`;
  return [
    { ...compute, device: index, value: best(sections, 'Single-precision compute (GFLOPS)', name, output) },
    { ...memory, device: index, value: best(sections, 'Global memory bandwidth (GBPS)', name, output) },
  ];
}

/** The number of devices is unknown if OpenCL lists parts of a device, or if the environment may hide devices. */
function isCountable(found: readonly MeasuredDevice[], { gpus, hidesDevices = [] }: Machine): boolean {
  const mayBeHidden = hidesDevices.length > 0 && found.length < gpus.length;
  return !mayBeHidden && !found.some(({ isPartitioned }) => isPartitioned);
}

function measuredDevice({ index, address, name, isPartitioned }: ComputeDevice, { gpus }: Machine): MeasuredDevice {
  const gpu = gpus.find((each) => each.address === address);
  return { device: index, address, name: gpu?.model ?? name, uuid: gpu?.uuid ?? null, isPartitioned };
}

function requireSame(listed: { name: string }[], measured: { name: string }[], what: string, output: Output): void {
  const same = listed.length === measured.length && listed.every(({ name }, index) => name === measured[index]!.name);
  if (same) return;
  const names = (of: { name: string }[]) => printable(of.map(({ name }) => `"${name}"`).join(', '), 300) || 'none';
  throw unreadable(`clinfo lists the ${what} as ${names(listed)}, clpeak as ${names(measured)}`, output);
}

function readSections(text: string): PlatformSection[] {
  const platforms: PlatformSection[] = [];
  for (const line of text.split('\n')) {
    const platform = platforms.at(-1);
    if (line.startsWith('Platform: ')) {
      platforms.push({ name: openclName(line.slice('Platform: '.length)), devices: [] });
    } else if (line.startsWith('  Device: ')) {
      platform?.devices.push({ name: openclName(line.slice('  Device: '.length)), lines: [] });
    } else {
      platform?.devices.at(-1)?.lines.push(line.trim());
    }
  }
  return platforms;
}

const WIDTHS = ['float', 'float2', 'float4', 'float8', 'float16'];

/** The best value of all platforms: without the vendor's own platform, some of them may fail to measure the device. */
function best(sections: readonly Section[], heading: string, device: string, output: Output): number {
  const values = sections.flatMap(({ lines }) => bestWidth(lines, heading) ?? []);
  if (values.length > 0) return Math.max(...values);
  const lines = sections[0]?.lines ?? [];
  const stdout = lines.slice(Math.max(lines.indexOf(heading), 0)).join('\n');
  throw unreadable(`clpeak did not measure all of "${heading}" on device ${device}`, { ...output, stdout });
}

/**
 * The best value of the vector widths below a heading; null if one of the five is missing, because the device failed
 * midway.
 */
function bestWidth(lines: readonly string[], heading: string): number | null {
  const at = lines.indexOf(heading);
  const values = WIDTHS.flatMap((width, index) => {
    const [name, value = '', ...rest] = (lines[at + 1 + index] ?? '').split(':').map((part) => part.trim());
    return name === width && rest.length === 0 ? (positive(value) ?? []) : [];
  });
  const isWhole = at >= 0 && at === lines.lastIndexOf(heading) && values.length === WIDTHS.length;
  return isWhole ? Math.max(...values) : null;
}
