import * as z from 'zod';
import { line, path } from './schema-values.ts';

/**
 * A file or an environment variable with a secret.
 * @param what - `password`
 * @param form - the only message about it, because the invalid value may be the secret itself
 */
export function secretReference(what: string, form: string) {
  return z
    .strictObject(
      {
        file: path.exactOptional().describe(`Its first line is the ${what}. Only its owner may have access.`),
        env: line(200).exactOptional().describe(`The environment variable of the worker that has the ${what}.`),
      },
      { error: ({ code }) => (code === 'invalid_type' ? form : undefined) }
    )
    .refine(({ file, env }) => (file === undefined) !== (env === undefined), { error: form });
}
