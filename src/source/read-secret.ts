import { Failure } from '../domain/failures/failure.ts';
import type { SecretReference } from '../domain/values/secret-reference.ts';
import { firstLine, readSecretFile } from './secret-file.ts';

/**
 * Reads a secret.
 * @param kind - `password`
 * @param key - `store.password`
 * @throws Failure InvalidConfig, without the secret
 */
export async function readSecret(
  from: SecretReference,
  { kind, key }: { kind: string; key: string },
  env: Readonly<Record<string, string | undefined>> = process.env
): Promise<string> {
  if ('env' in from) {
    const value = env[from.env];
    if (value) return value;
    throw new Failure('InvalidConfig', `${key}: the environment variable ${from.env} is not set`);
  }
  const bytes = await readSecretFile(from.file, kind);
  try {
    const secret = firstLine(bytes).toString();
    if (secret !== '') return secret;
    throw new Failure('InvalidConfig', `the ${kind} file ${from.file} begins with an empty line instead of a ${kind}`);
  } finally {
    bytes.fill(0);
  }
}
