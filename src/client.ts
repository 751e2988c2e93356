#!/usr/bin/env node
import { endProcessWith } from './cli/end-process.ts';
import { main } from './cli/program.ts';

await endProcessWith(main(process.argv.slice(2), process));
