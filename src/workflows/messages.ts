import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { FleetProgress } from '../domain/reports/fleet-progress.ts';

/** The progress of a run. `after`: how many rows the caller already has; `withIds`: include the ids of all servers. */
export const progressQuery = defineQuery<FleetProgress, [after?: number, withIds?: boolean]>('progress');

/** From a server to its run: the server accepted the key. */
export const reachedSignal = defineSignal('reached');
