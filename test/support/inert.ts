/** Whether a configuration contains only harmless text. */
import { expect } from 'vitest';
import type { ConfigurationSource } from '../../src/config/configuration-source.ts';
import { isHost, isUser } from '../../src/source/hosts/host.ts';
import { readConfigurationFiles } from '../../src/config/read-configuration.ts';
import type { Configuration } from '../../src/domain/plans/configuration.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import { isServerId } from '../../src/domain/servers/server.ts';
import { surroundings } from './read-configuration.ts';

/** The grammars of all text that reaches servers, logs, workflow ids, known_hosts and shells. */
function expectInert({ servers, expect: expectations, benchmarks }: Configuration): void {
  const isLine = (text: string): boolean => /^[^\p{Cc}\u2028\u2029]{0,1000}$/u.test(text);
  for (const [id, server] of servers) {
    const { serverId, keyFile, hardwareClass, groups, jumps, skip } = server;
    expect(isServerId(id) && serverId === id).toBe(true);
    for (const { host, port, user } of [server, ...(jumps ?? [])]) {
      expect((isHost(host) || skip !== undefined) && (user === null || isUser(user))).toBe(true);
      expect(port === null || (Number.isInteger(port) && port >= 1 && port <= 65535)).toBe(true);
    }
    expect(keyFile === null || (keyFile.startsWith('/') && keyFile.length < 2000 && !/\p{C}/u.test(keyFile))).toBe(
      true
    );
    expect(hardwareClass ?? 'detected').toMatch(/^[\w.-]{1,100}$/);
    expect(isLine(skip ?? '')).toBe(true);
    for (const group of groups) expect(isLine(group)).toBe(true);
  }
  for (const hardwareClass of Object.keys(expectations)) expect(isLine(hardwareClass)).toBe(true);
  for (const { benchmark, command } of benchmarks) {
    expect(benchmark).toMatch(/^[a-z][a-z0-9_-]{0,39}$/);
    for (const { metric, unit } of command?.output.metrics ?? []) {
      expect(metric).toMatch(/^[a-z][a-z0-9_-]{0,39}\.[a-z][a-z0-9_-]{0,39}$/);
      expect(isLine(unit)).toBe(true);
    }
  }
}

/** Reads it, and checks the result: an inert configuration, or an error of a few short, printable lines. */
export async function expectInertOrRefused(source: ConfigurationSource): Promise<'inert' | 'refused'> {
  try {
    const { configuration } = await readConfigurationFiles(source, surroundings);
    expectInert(configuration);
    return 'inert';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.kind).toBe('InvalidConfig');
    const lines = error.message.split('\n');
    expect(lines.length).toBeLessThanOrEqual(21);
    for (const line of lines) expect(line).toMatch(/^\P{C}{1,800}$/u);
    return 'refused';
  }
}
