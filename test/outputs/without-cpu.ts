/** Stops this thread for that long, as a machine does that has no CPU for it. */
export function withoutCpu(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
