import { expect, test } from 'vitest';
import type { Logger } from '../../src/logging/logger.ts';
import { temporalLogger } from '../../src/logging/temporal-logger.ts';

test('the webpack report about a finished bundle is logged at debug level, everything else at its own level', () => {
  const lines: [string, string][] = [];
  const at = (level: string) => (_fields: object, message: string) => lines.push([level, message]);
  const log = temporalLogger({ info: at('info'), debug: at('debug'), error: at('error') } as unknown as Logger);
  log.info('asset workflow-bundle-1.js 2 MiB [emitted]\nwebpack compiled successfully in 1150 ms');
  log.error('asset workflow-bundle-1.js 2 MiB [emitted]\nERROR in ./workflows');
  log.log('INFO', 'Workflow bundle created');
  expect(lines.map(([level, message]) => [level, message.slice(0, 15)])).toEqual([
    ['debug', 'asset workflow-'],
    ['error', 'asset workflow-'],
    ['info', 'Workflow bundle'],
  ]);
});
