import { closeSync, openSync, writeSync } from 'node:fs';

const GPUS = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * Writes what gpu-burn prints on 8 GPUs, of which GPU 3 is faulty, in the shape of test/fixtures/outputs/gpu-burn-2-ok.txt.
 * An hour is 25 MB.
 */
export function writeGpuBurnOutput(path: string, bytes: number): void {
  const file = openSync(path, 'w');
  let written = 0;
  for (let round = 1; written < bytes; round++) written += writeSync(file, progress(round));
  const results = GPUS.map((gpu) => `\tGPU ${gpu}: ${gpu === 3 ? 'FAULTY' : 'OK'}\n`).join('');
  writeSync(file, `\nKilling processes.. done\n\nTested 8 GPUs:\n${results}`);
  closeSync(file);
}

function progress(round: number): string {
  const each = (text: (gpu: number) => string): string => GPUS.map(text).join(' - ');
  const speeds = each((gpu) => `${round * 100} (${6000 + gpu} Gflop/s)`);
  const errors = each((gpu) => (gpu === 3 ? '7  (WARNING!)' : '0'));
  return `50.0%  proc'd: ${speeds}   errors: ${errors}   temps: ${each(() => '61 C')} \r`;
}
