import { Failure } from '../domain/failures/failure.ts';
import { lookedIn, readTextFile } from '../source/text-file.ts';
import { MissingConfiguration } from './missing-configuration.ts';
import { parseYaml, type YamlText } from '../source/yaml/parse-yaml.ts';

/**
 * The text of `fleetmark.yaml`; empty without a file.
 * @param draft replaces the content of the file
 * @throws Failure InvalidConfig if it cannot be read, or is not YAML
 */
export async function readYaml(file: string | null, draft?: string): Promise<YamlText> {
  const yaml = parseYaml(file === null ? '' : (draft ?? (await readConfigurationText(file))));
  if (yaml.syntaxError === null) return yaml;
  const { line, column, message } = yaml.syntaxError;
  throw new Failure('InvalidConfig', `${file}:${line}:${column}: ${message}`);
}

async function readConfigurationText(file: string): Promise<string> {
  const read = await readTextFile(file);
  if ('text' in read) return read.text;
  const what = `${file} ${read.unreadable}`;
  throw read.missing ? new MissingConfiguration(`${what}${lookedIn(file)}`) : new Failure('InvalidConfig', what);
}
