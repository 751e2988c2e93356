/** Records one server after the other until it is killed, and prints the id of each when it is safe. Tries again after an error. */
import { openStore, type ResultsStore } from '../../src/store/open-store.ts';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { sampleServer } from './sample-records.ts';

const [address, name, count] = process.argv.slice(2);
let store: ResultsStore | null = null;
for (let index = 0; index < Number(count);) {
  try {
    store ??= await openStore(JSON.parse(address!) as StoreAddress);
    await store.recordServer(sampleServer(`${name}-${index}`));
    process.stdout.write(`${name}-${index}\n`);
    index += 1;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    await store?.close().catch(() => undefined);
    store = null;
  }
}
await store?.close();
