import { defineQuery } from '@temporalio/workflow';
import type { FleetProgress } from '../domain/fleet-progress.ts';

/** How far a run is; `after`: how many ended servers the caller knows of already. */
export const progressQuery = defineQuery<FleetProgress, [after?: number]>('progress');
