/** Loaded into a worker first: on SIGUSR2, its clock jumps by the milliseconds in the file. */
import { readFileSync } from 'node:fs';

const RealDate = Date;
let jumped = 0;

globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + jumped);
    else super(...args);
  }
  static now() {
    return RealDate.now() + jumped;
  }
};

process.on('SIGUSR2', () => (jumped += Number(readFileSync(process.env.FAULTS_CLOCK, 'utf8'))));
