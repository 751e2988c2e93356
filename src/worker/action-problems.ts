import { createActionRunner } from '../actions/action-runner.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { Configuration } from '../domain/plans/configuration.ts';

/** Why a worker on this machine could not call the actions of a configuration: secrets and programs that are missing. */
export async function actionProblems(configuration: Configuration): Promise<string[]> {
  const runner = createActionRunner(() => Promise.resolve(configuration));
  const problems: string[] = [];
  for (const action of configuration.actions)
    await runner.check(action).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      problems.push(error.message);
    });
  return problems;
}
