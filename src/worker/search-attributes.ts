import type { NativeConnection } from '@temporalio/worker';
import { searchAttributeTypes, type SearchAttribute } from '../domain/reports/search-attributes.ts';
import type { Logger } from '../logging/logger.ts';
import { withTimeout } from '../waiting/with-timeout.ts';

/** `temporal.api.enums.v1.IndexedValueType` */
const valueTypes = { KEYWORD: 2, INT: 3 } as const;
const cliTypes = { KEYWORD: 'Keyword', INT: 'Int' } as const;

const TIMEOUT_MS = 10_000;

/**
 * Registers the search attributes of fleetmark in a namespace. Resolves to whether all are there; if not, logs once what is
 * missing and how to register it: many accounts may not. Never rejects.
 * @param ending - aborts when the answer no longer matters
 */
export async function registerSearchAttributes(
  connection: NativeConnection,
  { namespace, log }: { namespace: string; log: Logger },
  ending?: AbortSignal
): Promise<boolean> {
  const { operatorService } = connection;
  const names = Object.keys(searchAttributeTypes) as SearchAttribute[];
  const typeOf = (name: SearchAttribute): number => valueTypes[searchAttributeTypes[name]];
  const register = async (): Promise<boolean> => {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    const wrong = names.find((name) => ![undefined, typeOf(name)].includes(customAttributes[name] ?? undefined));
    if (wrong !== undefined) throw new Error(`${wrong} exists with another type`);
    const missing = names.filter((name) => !(name in customAttributes));
    if (missing.length === 0) return true;
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, typeOf(name)]));
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
    return true;
  };
  try {
    const work = (signal: AbortSignal): Promise<boolean> => connection.withAbortSignal(signal, register);
    return await withTimeout(TIMEOUT_MS, work, { ...(ending && { signal: ending }) });
  } catch (error) {
    if (ending?.aborted) return false;
    const why = error instanceof Error ? error.message : String(error);
    const attributes = names.map((name) => `--name ${name} --type ${cliTypes[searchAttributeTypes[name]]}`).join(' ');
    log.warn(
      { namespace, why, attributes },
      'runs have no search attributes, so lists of workflows show no verdicts: register them once (operator search-attribute create), and start this program again'
    );
    return false;
  }
}
