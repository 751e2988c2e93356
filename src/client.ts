#!/usr/bin/env node
import { endProcessWith } from './cli/terminal/end-process.ts';
import { main } from './cli/program.ts';

// The library of gRPC says on standard error, again and again, what we say in one sentence.
process.env['GRPC_VERBOSITY'] ??= 'NONE';

await endProcessWith(main(process.argv.slice(2), process));
