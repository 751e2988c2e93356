import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Places } from '../../src/workflows/places.ts';

/** Servers that start in order, and what they have been told so far: `1 starts`, `1 continues`. */
class Servers {
  readonly places: Places;
  readonly told: string[] = [];

  constructor(max: number) {
    this.places = new Places(max);
  }

  start(...ids: string[]): void {
    for (const id of ids) void this.places.enter(id).then(() => this.told.push(`${id} starts`));
  }

  wantBack(id: string): void {
    void this.places.reenter(id).then((has) => this.told.push(`${id} ${has ? 'continues' : 'is over'}`));
  }

  async settle(): Promise<string[]> {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    return this.told.splice(0);
  }
}

test('as many servers start as there are places, in order; each end lets the next one in', async () => {
  const servers = new Servers(2);
  servers.start('1', '2', '3', '4');
  expect(await servers.settle()).toEqual(['1 starts', '2 starts']);
  servers.places.end('2');
  expect(await servers.settle()).toEqual(['3 starts']);
});

test('a server that lends its place lets the next one in, and gets the next free place before others start', async () => {
  const servers = new Servers(1);
  servers.start('1', '2', '3');
  servers.places.lend('1');
  expect(await servers.settle()).toEqual(['1 starts', '2 starts']);
  servers.wantBack('1');
  expect(await servers.settle()).toEqual([]);
  servers.places.end('2');
  expect(await servers.settle()).toEqual(['1 continues']);
  servers.places.end('1');
  expect(await servers.settle()).toEqual(['3 starts']);
});

test('no more servers lend their places than there are: the next one keeps its own, and continues at once', async () => {
  const servers = new Servers(1);
  servers.start('1', '2', '3');
  servers.places.lend('1');
  await servers.settle();
  servers.places.lend('2');
  expect(await servers.settle()).toEqual([]);
  servers.wantBack('2');
  expect(await servers.settle()).toEqual(['2 continues']);
});

test('a server that ends while it has lent its place frees none, and no longer waits for one', async () => {
  const servers = new Servers(1);
  servers.start('1', '2', '3');
  servers.places.lend('1');
  await servers.settle();
  servers.wantBack('1');
  servers.places.end('1');
  expect(await servers.settle()).toEqual(['1 is over']);
  servers.places.end('2');
  expect(await servers.settle()).toEqual(['3 starts']);
});

test('a server that wants its place twice gets one place', async () => {
  const servers = new Servers(2);
  servers.start('1', '2', '3', '4', '5');
  servers.places.lend('1');
  await servers.settle();
  servers.wantBack('1');
  servers.wantBack('1');
  servers.places.end('2');
  expect(await servers.settle()).toContain('1 continues');
  servers.places.end('3');
  expect(await servers.settle()).toEqual(['4 starts']);
  servers.places.end('1');
  expect(await servers.settle()).toEqual(['5 starts']);
});

test('a server that is not in the run neither lends nor gets a place', async () => {
  const servers = new Servers(1);
  servers.start('1', '2');
  expect(await servers.settle()).toEqual(['1 starts']);
  servers.places.lend('other');
  servers.wantBack('other');
  servers.places.end('other');
  expect(await servers.settle()).toEqual(['other is over']);
});

test('whatever servers do, all places are in use while one waits, and all get their turn', async () => {
  const step = fc.record({ who: fc.nat(), what: fc.constantFrom('lend', 'want', 'end') });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), async (max, steps) => {
      const servers = new Servers(max);
      const ids = Array.from({ length: 12 }, (_, index) => String(index));
      servers.start(...ids);
      const [loaded, away, wanting, over] = [
        new Set<string>(),
        new Set<string>(),
        new Set<string>(),
        new Set<string>(),
      ];
      const see = async (): Promise<void> => {
        for (const line of await servers.settle()) {
          const [id] = line.split(' ') as [string];
          if (!/starts|continues/.test(line)) continue;
          loaded.add(id);
          away.delete(id);
          wanting.delete(id);
        }
        const waiting = wanting.size + ids.length - loaded.size - away.size - over.size;
        expect(loaded.size).toBe(Math.min(max, loaded.size + waiting));
      };
      const end = (id: string): void => {
        servers.places.end(id);
        for (const set of [loaded, away, wanting]) set.delete(id);
        over.add(id);
      };
      await see();
      for (const { who, what } of steps) {
        const running = [...loaded, ...away];
        const id = running[who % running.length];
        if (id === undefined) break;
        if (what === 'end') end(id);
        else if (what === 'want' && away.has(id)) {
          wanting.add(id);
          servers.wantBack(id);
        } else if (what === 'lend' && loaded.has(id) && away.size < max) {
          loaded.delete(id);
          away.add(id);
          servers.places.lend(id);
        }
        await see();
      }
      for (let turns = 0; over.size < ids.length && turns < 100; turns += 1) {
        for (const id of [...loaded, ...away]) end(id);
        await see();
      }
      expect([...over].sort()).toEqual([...ids].sort());
    })
  );
});
