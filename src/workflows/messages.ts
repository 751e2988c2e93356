import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { FleetProgress } from '../domain/reports/fleet-progress.ts';

/** How far a run is; `after`: how many ended servers the caller knows of already; `withIds`: with the ids of all. */
export const progressQuery = defineQuery<FleetProgress, [after?: number, withIds?: boolean]>('progress');

/** From one of its first servers to a run: it has let us in. */
export const reachedSignal = defineSignal('reached');
