#!/usr/bin/env node
import { endProcessWith } from './cli/terminal/end-process.ts';
import { main } from './cli/program.ts';

// gRPC repeats on standard error what our messages say in one sentence.
process.env['GRPC_VERBOSITY'] ??= 'NONE';

await endProcessWith(main(process.argv.slice(2), process));
