import { Refusal } from '../terminal/refusal.ts';

/** No results store is configured: the results are only in Temporal. */
export class NoResultsStore extends Refusal {}

/** The embedded Temporal has run nothing. */
export class NoResultsYet extends Refusal {}

/** The file that would name the results store of remote workers does not exist here. */
export class UnknownResultsStore extends Refusal {}
