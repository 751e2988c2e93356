import { isShape, isText } from '../values/json-value.ts';

const RAW_OUTPUT =
  'its raw output, if any, is in the HTML report (open --html) or, without a results store, in the Temporal Web UI.';

/** Every kind of failure of a run, a server or a benchmark, each with one sentence of advice. */
export const advice = {
  WrongResult:
    'Find the faulty part with the kernel log and error counters (dmesg, rasdaemon, nvidia-smi -q -d ECC); trust no result of this server until then.',
  PerformanceBelowExpected:
    'Compare with servers of the same class, then check cooling, clocks and other load on this server.',
  InvalidInput: 'Correct the input and start again; no server was touched.',
  InvalidConfig: 'Correct the configuration file and start again; no server was touched.',
  UnknownServer: 'Correct the name, or add the server to the inventory.',
  HostKeyMismatch: 'Find out why the host key changed before you trust it; then correct the known_hosts file.',
  HostKeyUnknown:
    'Check the fingerprint, then add the host key to the known_hosts file (for example with ssh-keyscan); or set ssh.hostKeys to accept-new.',
  TargetChanged: 'Give all workers the same inventory and the same known_hosts file; then run the server again.',
  AuthenticationFailed: 'Check the user and the key, and that the public key is in authorized_keys on the server.',
  SecondFactorRequired:
    'Exempt the account on the server, for example with "Match User NAME" and "AuthenticationMethods publickey" in its sshd_config.',
  ServerUnreachable: 'Check that the server is up, and that the worker can reach its address and port.',
  ServerUnresponsive:
    'Log in by hand: a hung home directory, a full process table or a dead disk can keep a shell from answering; ssh.answerTimeout limits the wait.',
  ConnectionLost: 'Check the network and whether the server restarted; then run the server again.',
  ToolMissing: 'Install the tool on the server, or expect a metric of an installed tool.',
  DeviceMissing: 'Search the kernel log for the device, check its driver and power, then reseat it.',
  DevicePartitioned:
    'Turn off MIG or compute partitions (nvidia-smi -mig 0, amd-smi set --compute-partition SPX) to measure whole GPUs.',
  HostUnsuitable:
    'Fix what the message names, or log in by hand with ssh: a server needs a POSIX shell, current SSH algorithms and a writable folder for jobs.',
  BenchmarkTimedOut: `Raise the timeout of the benchmark, or find out why it hangs on the server; ${RAW_OUTPUT}`,
  BenchmarkCrashed: `Run the command by hand on the server to see why it ends; ${RAW_OUTPUT}`,
  UnreadableOutput: `Compare what it printed with the format that the tool or the pattern expects; ${RAW_OUTPUT}`,
  ExpectationMissing:
    'Add expectations for the class of this server to the configuration, or remove requireExpectations.',
  Inconclusive:
    'Stop what the reason names (other load, a CPU quota, a debugger), or allow more samples or a wider tolerance.',
  JobLost: 'Run the server again.',
  WorkerLost: 'Start a worker, or find out from its log why it did not finish; then run the server again.',
  MalformedResult: 'Give all workers the same version of fleetmark; then run the server again.',
  SameMachine: 'Remove one of the two ids from the inventory: a machine is measured once.',
  ServerBusy:
    'Wait until the other run or the other work on this server has ended; --even-if-busy measures despite other work.',
} as const;

export type FailureKind = keyof typeof advice;

/** The kinds that refuse a run before any server is touched. */
export const refusals: readonly FailureKind[] = ['InvalidInput', 'InvalidConfig', 'UnknownServer'];

export function isFailureKind(value: unknown): value is FailureKind {
  return typeof value === 'string' && Object.hasOwn(advice, value);
}

/**
 * An expected failure. The message says what failed and why; {@link advice} of its kind says what to do. Only thrown inside
 * the worker: activities turn it into an ApplicationFailure of the same type.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A failure in a report. The type is a {@link FailureKind}, or the type of an unexpected error. */
export interface RowError {
  type: string;
  message: string;
}

export const isError = isShape<RowError>({ type: isText, message: isText });
