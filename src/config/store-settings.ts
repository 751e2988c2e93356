import type { ConfiguredStore } from '../domain/plans/configuration.ts';
import type { Problem } from '../source/problem.ts';
import { resolvePath, type Account } from '../source/surroundings.ts';
import type { ConfigurationText } from './schema/schema.ts';

export function readStoreSettings(
  store: ConfigurationText['store'],
  file: string,
  { home }: Pick<Account, 'home'>
): { store: ConfiguredStore; problems: Problem[] } {
  const { url = null, password, keep = null } = store ?? {};
  const problems: Problem[] = [];
  if (url === null && password !== undefined)
    problems.push({ path: ['store', 'password'], message: 'needs a url: without one, results are in a file' });
  const from =
    password?.file !== undefined
      ? { file: resolvePath(password.file, file, home) }
      : password?.env !== undefined
        ? { env: password.env }
        : null;
  return { store: { url, password: from, keepMs: keep }, problems };
}
