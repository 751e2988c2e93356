/** Random numbers from a seed, so that a round can be repeated. */
export interface Random {
  /** From `least` up to, but without, `most`. */
  between(least: number, most: number): number;
  integer(least: number, most: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** @param seed - decides all numbers (mulberry32, seeded by FNV-1a) */
export function randomOf(...seed: (string | number)[]): Random {
  let state = fnv1a(seed.join('/'));
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (least: number, most: number): number => Math.floor(least + next() * (most - least + 1));
  return {
    between: (least, most) => least + next() * (most - least),
    integer,
    pick: (items) => items[integer(0, items.length - 1)]!,
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
