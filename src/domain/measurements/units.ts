/** A number and its unit, as somebody wrote them: `45 TFLOPS`, `3.2GiB/s`, `95%`, `8` (its unit is empty). */
export interface Quantity {
  /** Exactly what is written: `digits` times ten to the power of `exponent`. */
  digits: bigint;
  exponent: number;
  unit: string;
}

/** A unit as a multiple of what it is made of: `GiB/s` is 8 * 1024^3 `bit` per second. Exact: a fraction of integers. */
interface Dimension {
  name: string;
  over: bigint;
  under: bigint;
}

const decimals: Record<string, number> = { k: 3, K: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binaries: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const fractions: Record<string, number> = { m: 3, u: 6, µ: 6, μ: 6, n: 9 };

type Prefixes = readonly ('decimal' | 'binary' | 'fraction')[];

/** What units are made of, by how it is written. */
const words: Record<string, { name: string; factor: bigint; prefixes: Prefixes }> = {
  ...spelled(['b', 'bit', 'bits'], 'bit', 1n, ['decimal', 'binary']),
  ...spelled(['B', 'byte', 'bytes', 'Byte', 'Bytes'], 'bit', 8n, ['decimal', 'binary']),
  ...spelled(['FLOP', 'flop', 'Flop'], 'flop', 1n, ['decimal']),
  ...spelled(['OP', 'op', 'ops', 'OPS'], 'op', 1n, ['decimal']),
  ...spelled(['IO', 'IOP'], 'io', 1n, ['decimal']),
  ...spelled(['Hz'], 'hertz', 1n, ['decimal']),
  ...spelled(['W', 'watt', 'watts'], 'watt', 1n, ['decimal', 'fraction']),
  ...spelled(['J'], 'joule', 1n, ['decimal', 'fraction']),
  ...spelled(['s', 'sec', 'second', 'seconds'], 'second', 1n, ['fraction']),
  ...spelled(['min', 'minute', 'minutes'], 'second', 60n, []),
  ...spelled(['h', 'hour', 'hours'], 'second', 3600n, []),
};

function spelled(names: readonly string[], name: string, factor: bigint, prefixes: Prefixes): typeof words {
  return Object.fromEntries(names.map((each) => [each, { name, factor, prefixes }]));
}

/** A number in plain notation (`-0.5`, `3e8`), and its unit if it has one. */
export const quantityPattern =
  /^([+-]?)(\d{1,30})(?:\.(\d{1,30}))?(?:[eE]([+-]?\d{1,3})(?![A-Za-z\d]))?(?:\s*([^\d\s,.].*))?$/;

/** What {@link quantityPattern} matches; null of anything else. */
export function readQuantity(text: string): Quantity | null {
  const written = quantityPattern.exec(text);
  if (written === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0', unit = ''] = written;
  const digits = BigInt(whole + fraction);
  return { digits: sign === '-' ? -digits : digits, exponent: Number(exponent) - fraction.length, unit: unit.trim() };
}

/**
 * How much a quantity is in another unit: the nearest number to it. `{3.2 GiB/s}` in `GB/s` is 3.4359738368. Prefixes
 * are those of SI (k = 1,000) and IEC 80000-13 (Ki = 1,024), a byte has 8 bits, FLOPS are FLOP/s, GBps are GB/s.
 * @returns null where the units measure different things
 */
export function convert(quantity: Quantity, unit: string): number | null {
  const { digits, exponent } = quantity;
  const [from, to] = [dimensionOf(quantity.unit === '' ? unit : quantity.unit), dimensionOf(unit)];
  if (from.name !== to.name) return null;
  const power = 10n ** BigInt(Math.abs(exponent));
  const over = digits * from.over * to.under * (exponent > 0 ? power : 1n);
  return nearest(over, from.under * to.over * (exponent < 0 ? power : 1n));
}

/** The number nearest to a fraction, by more digits than a number has: parsing them rounds once, and right. */
function nearest(over: bigint, under: bigint): number {
  const magnitude = String(over < 0n ? -over : over).length - String(under).length;
  const places = Math.max(0, 40 - magnitude);
  const value = Number(`${(over * 10n ** BigInt(places)) / under}e-${places}`);
  return Object.is(value, -0) ? 0 : value;
}

/** A unit that nobody knows measures itself: `points`, `devices`. So does one per another: `events/s`. */
function dimensionOf(unit: string): Dimension {
  const spelledOut = unit
    .replace(/\s+/g, '')
    .replace(/(?<=FLOP|OP|IO)S$/i, '/s')
    .replace(/(?<=[bB])ps$/, '/s');
  const parts = spelledOut.split('/').map(partOf);
  const [first, ...others] = parts;
  return others.reduce(
    (whole, part) => ({
      name: `${whole.name}/${part.name}`,
      over: whole.over * part.under,
      under: whole.under * part.over,
    }),
    first!
  );
}

function partOf(text: string): Dimension {
  if (text === '%') return { name: '', over: 1n, under: 100n };
  const whole = own(words, text);
  if (whole) return { name: whole.name, over: whole.factor, under: 1n };
  for (const length of [2, 1]) {
    const [prefix, word] = [text.slice(0, length), own(words, text.slice(length))];
    const scale = word && scaleOf(prefix, word.prefixes);
    if (scale) return { name: word.name, over: word.factor * scale.over, under: scale.under };
  }
  // One device, two devices.
  return { name: text.toLowerCase().replace(/(?<=..)s$/, ''), over: 1n, under: 1n };
}

function scaleOf(prefix: string, allowed: Prefixes): { over: bigint; under: bigint } | null {
  const [decimal, binary, fraction] = [decimals, binaries, fractions].map((scales) => own(scales, prefix));
  if (decimal !== undefined && allowed.includes('decimal')) return { over: 10n ** BigInt(decimal), under: 1n };
  if (binary !== undefined && allowed.includes('binary')) return { over: 2n ** BigInt(binary), under: 1n };
  if (fraction !== undefined && allowed.includes('fraction')) return { over: 1n, under: 10n ** BigInt(fraction) };
  return null;
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
