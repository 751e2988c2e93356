#!/usr/bin/env node
import { endProcessWith } from './cli/terminal/end-process.ts';
import { main } from './cli/program.ts';

// A worker for the Temporal that the environment names, until a signal stops it.
await endProcessWith(main(['worker', ...process.argv.slice(2)], process));
