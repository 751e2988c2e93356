import type { Server } from '../domain/servers/server.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { Path, Problem } from '../source/problem.ts';
import type { ConfigurationText } from './schema/schema.ts';

/**
 * Looks at each key file once that the inventory or `fleetmark.yaml` names; what is wrong with it is placed where it is
 * first named.
 * @param ofAll the key of servers that name none themselves
 */
export async function keyProblems(
  servers: readonly Server[],
  text: ConfigurationText,
  ofAll: string | null,
  check: (keyFile: string) => Promise<void>
): Promise<Problem[]> {
  const named = new Map<string, Path>();
  for (const { keyFile } of servers.flatMap(({ jumps }) => jumps ?? [])) {
    if (keyFile !== undefined) named.set(keyFile, [text.servers ? 'servers' : 'inventory']);
  }
  for (const { serverId, keyFile } of servers) {
    if (keyFile === null || named.has(keyFile)) continue;
    const own = text.servers?.[serverId]?.key !== undefined;
    const ofOthers = keyFile === ofAll ? ['ssh', 'key'] : [text.servers ? 'servers' : 'inventory'];
    named.set(keyFile, own ? ['servers', serverId, 'key'] : ofOthers);
  }
  const problems: Problem[] = [];
  for (const [keyFile, path] of named) {
    try {
      await check(keyFile);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.push({ path, message: error.message });
    }
  }
  return problems;
}
