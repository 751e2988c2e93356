import type { ActionSettings, ActionVerdict } from '../domain/actions/action.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import type { FleetPlan } from '../domain/plans/plan.ts';
import type { ActivityDependencies } from './dependencies.ts';

/**
 * The actions of a run. A check, and a run that judges nothing, have none.
 * @throws Failure InvalidConfig if one of them cannot be called, or there is no results store, which knows what has changed
 */
export async function usableActions(
  { results, actions: runner }: Pick<ActivityDependencies, 'results' | 'actions'>,
  { actions }: Pick<Configuration, 'actions'>,
  { checkOnly = false, measureOnly }: Pick<FleetPlan, 'checkOnly' | 'measureOnly'>
): Promise<readonly ActionSettings[]> {
  if (checkOnly || measureOnly || actions.length === 0) return [];
  if ((await results?.isConfigured()) !== true) {
    const why = 'they need a results store, to know which servers have changed and what was done before';
    throw new Failure('InvalidConfig', `actions: ${why}; set "store", or remove "actions".`);
  }
  for (const action of actions) await runner?.check(action);
  return actions;
}

/** The verdicts about which some of these actions are called before the end of the run. */
export function earlyVerdicts(actions: readonly ActionSettings[]): ActionVerdict[] {
  return [...new Set(actions.filter((each) => each.asServersEnd).flatMap(({ verdicts }) => verdicts))];
}
