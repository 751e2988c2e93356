/**
 * Of an activity that writes into the results store. Long enough for all rows of a run and a database that is far away: a
 * second attempt would wait for the locks of the first one. A lost worker is noticed by its heartbeats.
 */
export const writingLimits = {
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
} as const;
