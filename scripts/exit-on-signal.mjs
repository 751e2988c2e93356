/** For programs without an order to end in: what waits for their `exit`, to end what they started, comes to pass. */
import './end-with-parent.mjs';
import { constants } from 'node:os';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}
