import { shortList } from '../values/short-list.ts';
import { matchesPattern } from '../values/wildcards.ts';
import { distinguishable } from '../values/numbers.ts';
import { vendorOfUnnamed, type Gpu, type GpuFacts, type MachineFacts } from './machine.ts';

/** All criteria must match; unknown facts never match. */
export interface Detection {
  /** `*` matches anything, `?` one character; case does not matter. */
  gpuModel?: string;
  /** How many GPUs, of that model if one is given. */
  gpus?: Bounds;
  cpuModel?: string;
  cpus?: Bounds;
  /** Memory that the system reports, which is less than what is installed. */
  memoryGib?: Bounds;
}

export interface Bounds {
  min?: number;
  max?: number;
}

/** How a machine compares with one criterion of a class. */
export interface Comparison {
  /** `below`: fewer than the class asks for, or GPUs of an unknown model; `differs`: another kind of machine. */
  fit: 'matches' | 'below' | 'differs';
  /** Whether the criterion names a model. */
  isModel: boolean;
  /** How much of what the class asks for the machine has: from 0 to 1. */
  share: number;
  /** What the machine has, if that is below: `has 7 of 8 GPUs like *H100*`. */
  text: string;
}

const plain = { isModel: false, share: 1, text: '' };

/** Compares a machine with each criterion of a class. */
export function compareWith(facts: MachineFacts, detection: Detection): Comparison[] {
  const { gpuModel, gpus, cpuModel, cpus, memoryGib } = detection;
  const gib = facts.memoryMib === null ? null : facts.memoryMib / 1024;
  return [
    ...(gpuModel === undefined && gpus === undefined ? [] : [compareGpus(facts.gpus, detection)]),
    ...(cpuModel === undefined ? [] : [compareCpuModel(facts.cpuModel, cpuModel)]),
    ...(cpus === undefined ? [] : [compareSize(facts.cpus, cpus, 'CPUs')]),
    ...(memoryGib === undefined ? [] : [compareSize(gib, memoryGib, 'GiB of memory')]),
  ];
}

function compareCpuModel(model: string | null, pattern: string): Comparison {
  return { ...plain, isModel: true, fit: model !== null && matchesName(model, pattern) ? 'matches' : 'differs' };
}

/** Machines come in sizes of two times: with half of it or less, it is a smaller one with nothing lost. */
function compareSize(value: number | null, bounds: Bounds, unit: string): Comparison {
  const compared = compareCount(value, bounds, unit);
  return compared.fit === 'below' && compared.share <= 0.5 ? { ...plain, fit: 'differs' } : compared;
}

function compareCount(value: number | null, bounds: Bounds, unit: string): Comparison {
  const { min = 0, max = Infinity } = bounds;
  if (value === null || value > max) return { ...plain, fit: 'differs' };
  if (value >= min) return { ...plain, fit: 'matches' };
  const [has, wanted] = distinguishable(value, min);
  const text = `has ${has} of ${min === max ? '' : 'at least '}${wanted} ${unit}`;
  return { ...plain, fit: 'below', share: value / min, text };
}

/** Counts the GPUs of the model. A GPU without a name, as without its driver, may be one of them. */
function compareGpus(gpus: readonly GpuFacts[], { gpuModel, gpus: bounds = {} }: Detection): Comparison {
  if (gpuModel === undefined) return compareCount(countOf(gpus), bounds, 'GPUs');
  const like = gpus.filter(({ model }) => matchesName(model, gpuModel));
  const counted = compareCount(countOf(like), bounds, `GPUs like ${gpuModel}`);
  if (like.length > 0) return { ...counted, isModel: true };
  const isPossible = gpus.length > 0 && gpus.every(({ model }) => isUnnamed(model, gpuModel));
  if (!isPossible) return { ...plain, isModel: true, fit: 'differs' };
  const names = gpus.map(({ model, count }) => `${count} x ${model}`);
  const text = `the model of its GPUs is unknown (${shortList(names, 3)}; their driver or lspci tells it)`;
  return { isModel: true, fit: 'below', share: Math.min(1, countOf(gpus) / (bounds.min || 1)), text };
}

function countOf(gpus: readonly GpuFacts[]): number {
  return gpus.reduce((sum, { count }) => sum + count, 0);
}

/** Words of the names of GPUs, and the PCI vendor ids. */
const vendorWords: Readonly<Record<Gpu['vendor'], RegExp>> = {
  nvidia: /nvidia|10de|tesla|quadro|geforce|[gr]tx|(?<![a-z0-9])g?[abhklptv]\d/,
  amd: /amd|1002|radeon|instinct|(?<![a-z0-9])mi\d/,
  intel: /intel|8086|(?<![a-z])(arc|flex|max)(?![a-z])/,
};

/** Whether a GPU has no name, and its vendor may make the model of a pattern. */
function isUnnamed(name: string, pattern: string): boolean {
  const vendor = vendorOfUnnamed(name);
  if (vendor === null) return false;
  const named = Object.values(vendorWords).filter((words) => words.test(pattern.toLowerCase()));
  return named.length === 0 || named.includes(vendorWords[vendor]);
}

function matchesName(name: string, pattern: string): boolean {
  return matchesPattern(name.toLowerCase(), pattern.toLowerCase());
}
