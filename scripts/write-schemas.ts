/** Writes the published JSON schemas: `npx tsx scripts/write-schemas.ts`. A test says when they are out of date. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { catalogue, kindsOf } from '../src/benchmarks/catalogue.ts';
import { configurationJsonSchema } from '../src/config/schema/schema.ts';

const published = { 'fleetmark.schema.json': configurationJsonSchema(kindsOf(catalogue)) };

for (const [name, schema] of Object.entries(published)) {
  const file = fileURLToPath(new URL(`../schema/${name}`, import.meta.url));
  await writeFile(file, await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 }));
}
