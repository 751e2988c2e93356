import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { catalogue, kindsOf } from '../../../src/benchmarks/catalogue.ts';
import { parseYaml } from '../../../src/source/yaml/parse-yaml.ts';
import { configurationJsonSchema } from '../../../src/config/schema/schema.ts';
import { readConfiguration, surroundings } from '../../support/read-configuration.ts';
import { folderWith } from '../../support/temporary-folder.ts';

const root = new URL('../../../', import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), 'utf8');
const accepts = new Ajv({ strict: false }).compile(JSON.parse(text('schema/fleetmark.schema.json')) as object);

test('the published schema is up to date (otherwise run npx tsx scripts/write-schemas.ts)', () => {
  const plain: unknown = JSON.parse(JSON.stringify(configurationJsonSchema(kindsOf(catalogue))));
  expect(JSON.parse(text('schema/fleetmark.schema.json'))).toEqual(plain);
});

test('every key has a description', () => {
  const undescribed: string[] = [];
  const walk = (schema: Record<string, unknown>, path: string): void => {
    for (const [key, value] of Object.entries(schema)) {
      if (typeof value !== 'object' || value === null) continue;
      if (key === 'properties') {
        for (const [name, property] of Object.entries(value as Record<string, Record<string, unknown>>)) {
          if (typeof property['description'] !== 'string') undescribed.push(`${path}.${name}`);
        }
      }
      walk(value as Record<string, unknown>, key === 'properties' ? path : `${path}.${key}`);
    }
  };
  walk(configurationJsonSchema(kindsOf(catalogue)), '');
  expect(undescribed).toEqual([]);
});

describe('the examples', () => {
  test('are a valid configuration with every key', async () => {
    const folder = folderWith({ 'fleetmark.yaml': text('examples/fleetmark.yaml') });
    const configuration = await readConfiguration(`${folder}/fleetmark.yaml`, {
      ...surroundings,
      kinds: kindsOf(catalogue),
    });
    expect([...configuration.servers.keys()]).toEqual(['web-1', 'web-2', 'db-1.example.com', 'gpu-1']);
    expect(configuration.benchmarks.map(({ benchmark }) => benchmark)).toEqual(['cpu', 'gpu', 'burn']);
    expect(Object.keys(configuration.expect['default']!)).toEqual(['cpu.events_per_second', 'burn.score']);
    expect(configuration.classes.map(({ name }) => name)).toEqual(['h100x8', 'old']);
    expect(configuration.expect['h100x8']).toMatchObject({
      'gpu.fp32_gflops': { min: 45_000 },
      'gpu.memory_gb_per_second': { reference: 2600, within: 0.1 },
    });
  });

  test('are a valid inventory', async () => {
    const folder = folderWith({ 'f.yaml': 'inventory: hosts.txt', 'hosts.txt': text('examples/hosts.txt') });
    const { servers } = await readConfiguration(`${folder}/f.yaml`, surroundings);
    const ids = ['10.0.0.11', '10.0.0.12', 'web-3.example.com', 'db-1.example.com', '2001-db8--17'];
    expect([...servers.keys()]).toEqual(ids);
  });

  test('are also valid in an editor', () => {
    accepts(parseYaml(text('examples/fleetmark.yaml')).value);
    expect(accepts.errors).toBeNull();
  });
});

test.each([
  'servers: { a: { prot: 1 } }',
  'servers: { a: { port: 0 } }',
  'ssh: { connectTimeout: 10 }',
  'ssh: { connectTimeout: 10 s }',
  'benchmarks: { cpu: { sampels: 3 } }',
  'expect: { h 100: {} }',
  'classes: { default: {} }',
  'classes: { h100x8: { detect: { gpu: 8 } } }',
  'expect: { default: { cpu.events: { min: fast } } }',
  'expect: { default: { cpu.events: { within: [1] } } }',
  'expect: { default: { events: { min: 1 } } }',
  'maxParalel: 5',
  'quiet: { throttling: yes please }',
  'quiet: { otherload: 5% }',
])('an editor reports %j as invalid', (yaml) => {
  expect(accepts(parseYaml(yaml).value)).toBe(false);
});
