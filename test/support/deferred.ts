export interface Deferred {
  promise: Promise<void>;
  resolve(): void;
}

/** A promise that a test fulfils. (`Promise.withResolvers` is not in Node 20.) */
export function deferred(): Deferred {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
