import { decimal } from '../values/decimal.ts';

/** A number and its unit, as a user writes them: `45 TFLOPS`, `3.2GiB/s`, `95%`, `8` (with an empty unit). */
export interface Quantity {
  value: number;
  unit: string;
}

/** A number in plain notation (`-0.5`, `3e8`), and its unit if it has one. */
export const QUANTITY_PATTERN =
  /^([+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3}(?![A-Za-z\d]))?)(?:\s*([^\d\s,.].*))?$/;

/** Parses text that matches {@link QUANTITY_PATTERN}; null for anything else. */
export function readQuantity(text: string): Quantity | null {
  const [, number, unit = ''] = QUANTITY_PATTERN.exec(text) ?? [];
  return number === undefined ? null : { value: Number(number), unit: unit.trim() };
}

/**
 * Converts a quantity into another unit: `3.2 GiB/s` is 3.4359738368 `GB/s`. Prefixes are those of SI (k = 1,000) and
 * IEC 80000-13 (Ki = 1,024), a byte has 8 bits, FLOPS are FLOP/s, GBps are GB/s, H/s are hashes.
 * @returns null if the units measure different things
 */
export function convert({ value, unit: written }: Quantity, unit: string): number | null {
  const [from, to] = [unitOf(written === '' ? unit : written), unitOf(unit)];
  if (from.name !== to.name) return null;
  const amount = from.factor === to.factor ? value : (value * from.factor) / to.factor;
  // Adding 0 turns -0 into 0.
  return (Number.isInteger(amount) || from.factor === to.factor ? amount : decimal(amount)) + 0;
}

const decimals = { n: 1e-9, u: 1e-6, µ: 1e-6, μ: 1e-6, m: 1e-3, k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 };
const prefixes: Record<string, number> = {
  ...decimals,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};
const PREFIXED = /^([nuµμmkKMGTPE]|[KMGTP]i)?(B|b|bit|FLOP|Flop|flop|IOP|Hz|H|W|s)(s|S|ps|\/s)?$/;

/** What is measured in thousandths. `mb/s` and `mHz` are meant as millions, if they are meant at all. */
const IN_THOUSANDTHS = ['s', 'W'];

/** An unknown unit, such as `points` or `events/s`, is its own base unit. Plurals are the same unit. */
function unitOf(text: string): { name: string; factor: number } {
  const unit = text
    .replace(/\s+/g, '')
    .replace(/\/sec$/, '/s')
    .replace(/bits(?=\/s$)/, 'bit');
  const [, prefix = '', word, per = ''] = PREFIXED.exec(unit.replace(/lops$/, 'lop/s').replace(/OPS$/, 'OP/s')) ?? [];
  if (word === undefined || per.toLowerCase() === 's' || (prefix === 'm' && !IN_THOUSANDTHS.includes(word))) {
    return { name: unit.replace(/(?<=\w\w)s(?=\/|$)/, ''), factor: 1 };
  }
  const isByte = word === 'B';
  const name = isByte || word === 'b' ? 'bit' : word.toLowerCase();
  return { name: per === '' ? name : `${name}/s`, factor: (prefixes[prefix] ?? 1) * (isByte ? 8 : 1) };
}
