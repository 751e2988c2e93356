import { clpeak } from './clpeak.ts';
import { openssl } from './openssl.ts';
import { sysbench } from './sysbench.ts';
import type { Tool } from './tool.ts';

/** Every tool; those of one benchmark in order of preference. */
export const catalogue: readonly Tool[] = [sysbench, openssl, clpeak];
