import type { BenchmarkSettings } from '../domain/configuration.ts';
import type { JobResult } from '../domain/job.ts';
import type { Reading } from '../domain/measurement.ts';
import { shellCommand } from '../domain/shell.ts';
import { positive, printable } from '../domain/untrusted.ts';
import { openclName, readClinfo } from './clinfo.ts';
import type { OpenclDevice } from './clinfo.ts';
import { untimedSummary } from './sampling.ts';
import type { Tool } from './tool.ts';
import { unreadable } from './unreadable.ts';

const devices = { metric: 'gpu.devices', unit: 'devices', better: 'higher', exact: true } as const;
const compute = { metric: 'gpu.fp32_gflops', unit: 'GFLOPS', better: 'higher' } as const;
const memory = { metric: 'gpu.memory_gb_per_second', unit: 'GB/s', better: 'higher' } as const;

/** Between what clinfo and what clpeak prints. */
const marker = '@@ fleetmark clpeak @@';

/**
 * clpeak 1.1, https://github.com/krrishnarraj/clpeak: peak single-precision arithmetic and memory bandwidth of every
 * OpenCL device. It does not say what kind of device it measures, hence clinfo, whose order is the same.
 */
export const clpeak: Tool = {
  name: 'clpeak',
  benchmark: 'gpu',
  metrics: [devices, compute, memory],
  timed: false,
  loadsAllCpus: false,
  executables: ['clpeak', 'clinfo'],
  packages: { 'apt-get': 'clpeak clinfo', pacman: 'clpeak clinfo' },

  command() {
    const marked = shellCommand(['printf', '\\n%s\\n', marker]);
    // One platform at a time: at a platform without devices clpeak gives up, on those behind it too. It prints
    // nothing for a platform that does not exist.
    const measure = 'clpeak --platform "$platform" --global-bandwidth --compute-sp';
    const all = `for platform in 0 1 2 3 4 5 6 7; do ${measure}; done`;
    return `clinfo --json; ${marked}; clpeak --version; ${all}`;
  },

  summary: (settings) => untimedSummary('clpeak', settings),

  parse(result, settings) {
    const [listing, peaks, ...rest] = result.stdout.split(`\n${marker}\n`);
    if (listing === undefined || peaks === undefined || rest.length > 0) {
      throw unreadable('clinfo and clpeak did not both answer', result);
    }
    const version = /^clpeak version: *(\d[\w.-]{0,30})/m.exec(peaks)?.[1];
    if (version === undefined) throw unreadable('clpeak did not say its version', { ...result, stdout: peaks });
    if (!version.startsWith('1.1.')) throw unreadable(`clpeak is version ${version}; 1.1.x is supported`, result);
    const selected = pairDevices(listing, peaks, settings, result);
    const readings = selected.flatMap(({ name, lines }, device): Reading[] => [
      { ...compute, device, value: best(lines, 'Single-precision compute (GFLOPS)', name, result) },
      { ...memory, device, value: best(lines, 'Global memory bandwidth (GBPS)', name, result) },
    ]);
    return { version, readings: [{ ...devices, device: null, value: selected.length }, ...readings] };
  },
};

type Output = Pick<JobResult, 'stdout' | 'stderr'>;

/** What clpeak printed under a `Platform:` or a `Device:` line. */
interface Section {
  name: string;
  lines: string[];
}

interface PlatformSection {
  name: string;
  devices: Section[];
}

/** The devices that count, in the order of both programs, each with what clpeak printed about it. */
function pairDevices(listing: string, peaks: string, settings: BenchmarkSettings, output: Output): Section[] {
  const listed = readClinfo(listing);
  if (!listed) throw unreadable('clinfo printed no list of OpenCL devices (--json needs clinfo 3.0 or later)', output);
  const measured = readSections(peaks);
  requireSame(listed, measured, 'platforms', output);
  return listed.flatMap((platform, index) => {
    const counted = platform.devices.map((device) => counts(device, settings));
    if (!counted.includes(true)) return [];
    const sections = measured[index]!.devices;
    requireSame(platform.devices, sections, `devices of "${platform.name}"`, output);
    return sections.filter((_, device) => counted[device]);
  });
}

function counts(device: OpenclDevice, settings: BenchmarkSettings): boolean {
  const types = ['CL_DEVICE_TYPE_GPU', 'CL_DEVICE_TYPE_ACCELERATOR'];
  if (settings.openclCpuDevices) types.push('CL_DEVICE_TYPE_CPU');
  return device.types.some((type) => types.includes(type));
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

const widths = ['float', 'float2', 'float4', 'float8', 'float16'];

/** The best of the vector widths under a heading; all five must be there, else the device broke down on the way. */
function best(lines: string[], heading: string, device: string, output: Output): number {
  const at = lines.indexOf(heading);
  const values = widths.map((width, index) => {
    const [name, value, ...rest] = (lines[at + 1 + index] ?? '').split(':').map((part) => part.trim());
    return name === width && rest.length === 0 ? positive(value ?? '') : null;
  });
  const numbers = values.filter((value) => value !== null);
  if (at < 0 || at !== lines.lastIndexOf(heading) || numbers.length !== widths.length) {
    const shown = { ...output, stdout: at < 0 ? lines.join('\n') : lines.slice(at, at + 8).join('\n') };
    throw unreadable(`clpeak did not measure all of "${heading}" on device "${device}"`, shown);
  }
  return Math.max(...numbers);
}
