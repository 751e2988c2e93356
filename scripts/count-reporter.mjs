import { writeFileSync } from 'node:fs';

/**
 * A vitest reporter that writes `{ passed, failed, skipped }` to the file that FLEETMARK_TEST_COUNTS names. A test file
 * that could not be loaded and an error outside of every test count as failures.
 */
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors, reason) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        // Pending: it had not ended when the run did.
        const { state } = test.result();
        counts[state === 'pending' ? 'failed' : state] += 1;
      }
      const broken = [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0);
      counts.failed += broken.length;
    }
    if (reason !== 'passed' && counts.failed === 0) counts.failed = 1;
    writeFileSync(process.env.FLEETMARK_TEST_COUNTS, JSON.stringify(counts));
  }
}
