export interface Deferred {
  promise: Promise<void>;
  resolve(): void;
}

/** A promise that a test resolves. (Node 20 has no `Promise.withResolvers`.) */
export function deferred(): Deferred {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
