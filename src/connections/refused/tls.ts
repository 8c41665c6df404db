/** What is wrong with TLS, by OpenSSL's and Node's names of the errors, or by what `pg` says without one. */
import { type Asked, type Rule, refused, refusedIf, type Told } from './rules.js';

export const TLS_RULES: readonly Rule<Asked>[] = [
  refusedIf(/^DEPTH_ZERO_SELF_SIGNED_CERT/, ({ server, set }) => [
    `${server} shows a certificate that it signed itself, and Hallpass was not told to trust it.`,
    `${set.ca} a copy of that certificate (ssl_cert_file of the server), or give the server one by an authority.`,
  ]),
  [/^(?:SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE))/, unknownAuthority],
  refusedIf(/^CERT_HAS_EXPIRED/, ({ server }) => [
    `The certificate of ${server} has expired.`,
    'Renew it there, then SELECT pg_reload_conf();. If it is not that old, set the clock of Hallpass’s machine.',
  ]),
  refusedIf(/^CERT_NOT_YET_VALID/, ({ server }) => [
    `The certificate of ${server} is not valid yet.`,
    'Check the clocks of both machines.',
  ]),
  refusedIf(/^ERR_TLS_CERT_ALTNAME_INVALID/, ({ connect, server, set }, _, error) => [
    `The certificate of ${server} is for ${namesIn(error)}, not for ${connect.host}.`,
    `Connect by a name that it is for, or give the server a certificate for this one; ${set.tlsAnyName} takes any name by the same authority.`,
  ]),
  refusedIf(
    /^ERR_SSL_.*ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|(?:NO_)?CERTIFICATE)/,
    ({ connect, server, set }) => [
      connect.cert === null
        ? `${server} wants a client certificate.`
        : `${server} does not accept the client certificate ${connect.cert}.`,
      `${set.cert} a certificate by the authority in the server’s ssl_ca_file that has not expired.`,
    ],
  ),
  refusedIf(/^(?:ERR_SSL_|EPROTO)/, ({ server }) => [
    `TLS with ${server} could not be agreed on.`,
    'Check ssl_min_protocol_version and ssl_ciphers there: Hallpass speaks TLS 1.2 and 1.3.',
  ]),
  // Whatever else OpenSSL finds wrong with a chain: CERT_REVOKED, INVALID_CA, CERT_SIGNATURE_FAILURE and the like.
  [/^(?:[A-Z_]*CERT|INVALID_CA|PATH_LENGTH_EXCEEDED)/, unknownAuthority],
  refusedIf(/does not support SSL/, ({ server, set }) => [
    `${server} has no TLS.`,
    `Switch it on there: ssl_cert_file and ssl_key_file, ALTER SYSTEM SET ssl = on; SELECT pg_reload_conf();. Without it (${set.tlsOff}), anyone in between can read along.`,
  ]),
  refusedIf(/establishing an SSL connection/, ({ server }) => [
    `What answers on ${server} does not know how Postgres begins TLS.`,
    'Check host and port: another program listens there, or the server was out of memory.',
  ]),
];

function unknownAuthority({ connect, server, set }: Asked): Told {
  return refused(
    `The certificate of ${server} is not by an authority that Hallpass trusts.`,
    connect.ca === null
      ? `${set.ca} the file of that authority’s certificate; clouds offer theirs for download.`
      : `Put the certificate of that authority, and those in between, into ${connect.ca}.`,
  );
}

/** Node keeps the certificate with the error: `DNS:a.example, IP Address:10.0.0.1`. */
function namesIn(error: Error): string {
  const cert = 'cert' in error && typeof error.cert === 'object' ? error.cert : null;
  const names = cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : undefined;
  return typeof names === 'string' ? names.replaceAll(/\b(?:DNS|IP Address):/g, '') : 'no host at all';
}
