import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { TemporalSettings } from './temporal-settings.ts';

/** Why a connection to Temporal fails, as far as a probe can tell. */
export type TemporalFault =
  /** A system error code: `ECONNREFUSED`, `ENOTFOUND`, `ETIMEDOUT`. */
  | { kind: 'network'; code: string }
  | { kind: 'proxy'; why: string }
  /** The configured certificate, key or CA is invalid. */
  | { kind: 'own file'; file: TlsFile; why: string }
  /** TLS is configured, but the server does not use it. */
  | { kind: 'no TLS' }
  | { kind: 'needs TLS' }
  /** The server certificate is not trusted; `code` is from OpenSSL. */
  | { kind: 'certificate'; code: string; message: string }
  /** The server ended the TLS handshake with this alert. */
  | { kind: 'alert'; code: string }
  /** The server speaks another protocol. */
  | { kind: 'other protocol'; said: string };

const TLS_VARIABLES = {
  'CA certificate': 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'client certificate': 'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'client key': 'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'client key of this certificate': 'TEMPORAL_TLS_CLIENT_CERT_PATH or TEMPORAL_TLS_CLIENT_KEY_PATH',
};

export type TlsFile = keyof typeof TLS_VARIABLES;

/** One sentence for the user: what is wrong, where, and what to do. */
export function faultSentence(fault: TemporalFault, settings: TemporalSettings): string {
  const { address, proxy, connectionOptions } = settings;
  const temporal = temporalText(settings);
  switch (fault.kind) {
    case 'network':
      return networkSentence(fault.code, settings);
    case 'proxy':
      return (
        `the proxy ${formatEndpoint(proxy!)} (from ${proxy!.variable}) cannot connect to ${address}: ` +
        `${printable(fault.why, 200)}. Correct ${proxy!.variable}, or set no_proxy to the host of Temporal`
      );
    case 'own file':
      return `the ${fault.file} for ${temporal} cannot be used: ${printable(fault.why, 200)}. Correct ${TLS_VARIABLES[fault.file]}`;
    case 'no TLS':
      return connectionOptions.apiKey !== undefined
        ? `${temporal} does not use TLS, which an API key needs: remove TEMPORAL_API_KEY, set TEMPORAL_TLS=false, or use its TLS port`
        : `${temporal} does not use TLS: remove the TLS settings (TEMPORAL_TLS=false), or use its TLS port`;
    case 'needs TLS':
      return `${temporal} requires TLS: set TEMPORAL_TLS=true, and TEMPORAL_TLS_SERVER_CA_CERT_PATH for a private CA`;
    case 'certificate':
      return certificateSentence(fault, temporal);
    case 'alert':
      return typeof connectionOptions.tls === 'object' && connectionOptions.tls?.clientCertPair
        ? `${temporal} rejects the client certificate (${fault.code}): correct TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH`
        : `${temporal} requires a client certificate (${fault.code}): set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH`;
    case 'other protocol':
      return (
        `the server at ${address} is not a Temporal: it answers "${printable(fault.said, 60)}". ` +
        'Use the gRPC port, usually 7233 (the Web UI has another one)'
      );
  }
}

/** `the Temporal at temporal.test:7233 (through the proxy 10.0.0.1:3128 that https_proxy names)` */
export function temporalText({ address, proxy }: Pick<TemporalSettings, 'address' | 'proxy'>): string {
  const through = proxy === null ? '' : ` (through the proxy ${formatEndpoint(proxy)} that ${proxy.variable} names)`;
  return `the Temporal at ${address}${through}`;
}

function networkSentence(code: string, settings: TemporalSettings): string {
  const { address, proxy } = settings;
  const correct = 'correct TEMPORAL_ADDRESS or the Temporal profile';
  if (code === 'ENOTFOUND') return `host name of Temporal not found: ${address}. Check the spelling, or ${correct}`;
  if (code === 'EAI_AGAIN') return `DNS did not answer for the Temporal host ${address}: try again later`;
  if (code === 'ECONNREFUSED') {
    return `no Temporal answers at ${address} (connection refused): start it, or ${correct}`;
  }
  const direct = proxy === null ? ' If it is only reachable through a proxy, set https_proxy.' : '';
  return `${temporalText(settings)} does not answer (${code}): check the network and firewalls, or ${correct}.${direct}`;
}

function certificateSentence({ code, message }: { code: string; message: string }, temporal: string): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the certificate of ${temporal} is for another host name: connect to that name, or set TEMPORAL_TLS_SERVER_NAME (${printable(message, 200)})`;
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const when = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return `the certificate of ${temporal} ${when}: renew it there, or correct the clock here`;
  }
  return `the certificate of ${temporal} is from an unknown CA (${code}): set TEMPORAL_TLS_SERVER_CA_CERT_PATH to the certificate of that CA`;
}
