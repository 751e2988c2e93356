import { Failure } from '../domain/failures/failure.ts';
import type { Server } from '../domain/servers/server.ts';
import type { Path, Problem } from '../source/problem.ts';
import type { ConfigurationText } from './schema/schema.ts';

/**
 * Checks each key file once. A problem has the position where its key is first named.
 * @param section that the servers come from; null: another inventory, whose problems have an empty path
 * @param defaultKey the key of servers without one of their own
 */
export async function keyProblems(
  servers: readonly Server[],
  text: ConfigurationText,
  section: 'servers' | 'inventory' | null,
  defaultKey: string | null,
  check: (keyFile: string) => Promise<void>
): Promise<Problem[]> {
  const paths = new Map<string, Path>();
  const elsewhere = section === null ? [] : [section];
  for (const { keyFile } of servers.flatMap(({ jumps }) => jumps ?? [])) {
    if (keyFile !== undefined) paths.set(keyFile, elsewhere);
  }
  for (const { serverId, keyFile } of servers) {
    if (keyFile === null || paths.has(keyFile)) continue;
    const isOwn = section === 'servers' && text.servers?.[serverId]?.key !== undefined;
    paths.set(keyFile, isOwn ? ['servers', serverId, 'key'] : keyFile === defaultKey ? ['ssh', 'key'] : elsewhere);
  }
  const problems: Problem[] = [];
  for (const [keyFile, path] of paths) {
    await check(keyFile).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      problems.push({ path, message: error.message });
    });
  }
  return problems;
}
