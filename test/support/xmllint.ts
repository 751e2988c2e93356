/** libxml2's own validator, as WebAssembly. */
import { readFileSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';

const schema = readFileSync(new URL('../fixtures/junit/junit-10.xsd', import.meta.url), 'utf8');

/** What the JUnit schema of Jenkins says about a file; empty: it is valid. */
export async function junitProblems(xml: string): Promise<string[]> {
  const input = {
    xml: { fileName: 'report.xml', contents: xml },
    schema: { fileName: 'junit-10.xsd', contents: schema },
  };
  const { errors } = await validateXML({ ...input, maxMemoryPages: 16_384 });
  return errors.map(({ rawMessage }) => rawMessage);
}
