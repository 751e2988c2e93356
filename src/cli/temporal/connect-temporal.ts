import { Connection, isGrpcServiceError, ServiceError, type ConnectionOptions } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { NO_PROXY } from '../../temporal/temporal-health.ts';
import { probeTemporal } from './probe-temporal.ts';
import { Refusal } from '../terminal/refusal.ts';
import { faultSentence, temporalText } from './temporal-fault.ts';
import type { TemporalSettings } from './temporal-settings.ts';

const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNIMPLEMENTED = 12;
const UNAUTHENTICATED = 16;
const REFUSED_BY_SERVER: readonly number[] = [PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED];

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Connects to the Temporal in the settings.
 * @throws Refusal with the reason if it does not answer, or the namespace is missing or not accessible
 */
export async function connectTemporal(
  settings: TemporalSettings,
  interceptors?: ConnectionOptions['interceptors']
): Promise<Connection> {
  const { address, namespace } = settings;
  const options = { ...clientOptions(settings), ...(interceptors === undefined ? {} : { interceptors }) };
  const connection = await Connection.connect(options).catch(async (cause: unknown) => {
    throw new Refusal(await connectionFault(settings, cause));
  });
  try {
    const deadline = Date.now() + ANSWER_TIMEOUT_MS;
    await connection.withDeadline(deadline, () => connection.workflowService.describeNamespace({ namespace }));
    return connection;
  } catch (cause) {
    if (!isGrpcServiceError(cause) || ![NOT_FOUND, ...REFUSED_BY_SERVER].includes(Number(cause.code)))
      return connection;
    await connection.close();
    if (Number(cause.code) === UNIMPLEMENTED)
      throw new Refusal(`the gRPC server at ${address} is not a Temporal: correct TEMPORAL_ADDRESS`);
    const message = `the Temporal at ${address} denies access to the namespace ${namespace}: ${cause.details}`;
    throw new Refusal(`${message}\nCorrect TEMPORAL_NAMESPACE, TEMPORAL_API_KEY or the Temporal profile`);
  }
}

/** Connects a worker. The native core has its own TLS and proxy code. @throws Refusal with the reason */
export async function connectWorker(settings: TemporalSettings): Promise<NativeConnection> {
  await (await connectTemporal(settings)).close();
  const { proxy, connectionOptions } = settings;
  const { credentials } = proxy ?? {};
  const throughProxy = proxy && {
    type: 'http-connect' as const,
    targetHost: formatEndpoint(proxy),
    ...(credentials ? { basicAuth: credentials } : {}),
  };
  const options = { ...connectionOptions, ...(throughProxy === null ? {} : { proxy: throughProxy }) };
  return NativeConnection.connect(options).catch((cause: unknown) => {
    throw new Refusal(workerFault(settings, cause));
  });
}

/** The client accepts what OpenSSL accepts; the worker core is stricter. */
function workerFault(settings: TemporalSettings, cause: unknown): string {
  const reason = printable((cause as Error).message, 300);
  if (!reason.includes('UnsupportedCertVersion'))
    return `the worker cannot connect to ${temporalText(settings)}: ${reason}`;
  return (
    `the client certificate or the CA for the Temporal at ${settings.address} is an X.509 version 1 certificate, which ` +
    'workers do not support: issue a version 3 certificate (openssl x509 -req -extfile with any extension)'
  );
}

/** Sets the proxy explicitly: grpc-js reads only some of the variables, and applies them to loopback as well. */
function clientOptions({ address, endpoint, connectionOptions, proxy }: TemporalSettings): ConnectionOptions {
  if (proxy === null) return { ...connectionOptions, channelArgs: NO_PROXY };
  const { username, password } = proxy.credentials ?? { username: '', password: '' };
  return {
    ...connectionOptions,
    address: formatEndpoint(proxy),
    channelArgs: {
      'grpc.http_connect_target': `dns:${address}`,
      ...(username === '' ? {} : { 'grpc.http_connect_creds': `${username}:${password}` }),
      'grpc.default_authority': address,
      'grpc.ssl_target_name_override': endpoint.host,
      ...NO_PROXY,
    },
  };
}

/** Why a client could not connect: what the server said, or else what a probe finds. */
async function connectionFault(settings: TemporalSettings, cause: unknown): Promise<string> {
  const { address } = settings;
  const grpc = cause instanceof ServiceError ? cause.cause : cause;
  if (isGrpcServiceError(grpc) && REFUSED_BY_SERVER.includes(Number(grpc.code)))
    return `the Temporal at ${address} denies access: ${grpc.details}\nCorrect TEMPORAL_API_KEY or the Temporal profile`;
  const fault = await probeTemporal(settings);
  if (fault !== null) return faultSentence(fault, settings);
  const reason = isGrpcServiceError(grpc) ? grpc.details : (cause as Error).message;
  return `the Temporal at ${address} does not work: ${printable(reason, 300)}`;
}
