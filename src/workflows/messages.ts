import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { FleetProgress } from '../domain/fleet-progress.ts';

/** How far a run is; `after`: how many ended servers the caller knows of already. */
export const progressQuery = defineQuery<FleetProgress, [after?: number]>('progress');

/** From one of its first servers to a run: it has let us in. */
export const reachedSignal = defineSignal('reached');
