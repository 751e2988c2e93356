import { Failure } from '../domain/failures/failure.ts';
import type { ConfiguredStore } from '../domain/plans/configuration.ts';
import { listed } from '../source/problem.ts';
import { checkSchema } from '../source/schema-problems.ts';
import { accountOf } from '../source/surroundings.ts';
import { problemLines } from '../source/yaml/locate-problem.ts';
import { readYaml } from './read-yaml.ts';
import { storeSection } from './schema/store-schema.ts';
import { withoutSecrets } from './schema/without-secrets.ts';
import { readStoreSettings } from './store-settings.ts';

/**
 * Reads only `store:` of `fleetmark.yaml`: results can be read where the inventory cannot, and in a third of the time.
 * @throws Failure InvalidConfig
 */
export async function readStore(file: string | null): Promise<ConfiguredStore> {
  const yaml = await readYaml(file);
  const { value, problems } = checkSchema(storeSection, yaml.value ?? {});
  const account = accountOf();
  const { store, problems: further } = readStoreSettings(value?.store, file ?? 'fleetmark.yaml', account);
  const { lines, more } = problemLines(file, yaml, withoutSecrets(yaml.problems, problems), further);
  if (lines.length > 0) throw new Failure('InvalidConfig', listed(lines, more));
  return store;
}
