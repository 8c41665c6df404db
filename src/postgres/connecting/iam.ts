import type { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { Connect } from '../../config/config.js';
import { coerceError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { loginRefusedError, type TargetError, unreachableError } from '../errors.js';

type Iam = NonNullable<Connect['iam']>;

type Credentials = Awaited<ReturnType<ReturnType<typeof fromTemporaryCredentials>>>;

/** Credentials with less time left are fetched again, milliseconds: a token is good for 15 minutes at most. */
const RENEW_MS = 5 * 60_000;
/** A refusal may mean that the credentials were withdrawn: older ones than this are fetched again, milliseconds. */
const YOUNG_MS = 60_000;

/**
 * Credentials with an end, by region and role. Those without one are read again each time, so they can be rotated.
 */
const kept = new Map<string, { readonly credentials: Credentials; readonly at: number }>();
/** What is being fetched, shared by connections that are made at the same time. */
const fetching = new Map<string, Promise<Credentials>>();

/**
 * A new token of AWS IAM, which the server takes as a password for 15 minutes, and checks only at login. It is signed
 * for the server's own name and port, even when a tunnel leads there (AWS documentation, "IAM database
 * authentication"). The credentials that sign it are kept between connections for as long as AWS gave them.
 * @param timeoutMs for AWS to give credentials; the token itself is computed here.
 * @throws TargetError
 */
export async function iamToken({ host, port, user }: Connect, iam: Iam, timeoutMs: number): Promise<string> {
  // The SDK would warn on standard error about Node's version; package.json says which versions are supported.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  // Large, and few targets need it.
  const { Signer } = await import('@aws-sdk/rds-signer');
  const sign = async () => {
    const credentials = await credentialsFor(iam);
    const signer = new Signer({ hostname: host, port, region: iam.region, username: user, credentials });
    return signer.getAuthToken();
  };
  try {
    return await inTime(timeoutMs, sign(), () => {
      throw new Error('no answer came in time');
    });
  } catch (thrown) {
    throw awsError(coerceError(thrown), iam.assumeRole);
  }
}

/** A server has refused a token: the credentials that signed it may be withdrawn. */
export function doubtCredentials(iam: Iam): void {
  const known = kept.get(keyOf(iam));
  if (known !== undefined && performance.now() - known.at > YOUNG_MS) kept.delete(keyOf(iam));
}

async function credentialsFor(iam: Iam): Promise<Credentials> {
  const key = keyOf(iam);
  const known = kept.get(key)?.credentials;
  const until = known?.expiration?.getTime() ?? 0;
  if (known !== undefined && until - Date.now() > RENEW_MS) return known;
  const under = fetching.get(key) ?? fetchCredentials(iam).finally(() => fetching.delete(key));
  fetching.set(key, under);
  const credentials = await under;
  if (credentials.expiration === undefined) kept.delete(key);
  else kept.set(key, { credentials, at: performance.now() });
  return credentials;
}

async function fetchCredentials({ region, assumeRole }: Iam): Promise<Credentials> {
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  const provider =
    assumeRole === null
      ? fromNodeProviderChain({ clientConfig: { region } })
      : fromTemporaryCredentials({
          params: { RoleArn: assumeRole, RoleSessionName: 'hallpass' },
          clientConfig: { region },
        });
  return provider();
}

function keyOf({ region, assumeRole }: Iam): string {
  return `${region} ${assumeRole ?? ''}`;
}

function awsError(error: Error, assumeRole: string | null): TargetError {
  const detail = `(${error.name}: ${error.message})`;
  if (error.name === 'CredentialsProviderError') {
    return loginRefusedError(
      `Hallpass has no AWS credentials to sign a token with. ${detail}`,
      'Give its machine, task or pod an IAM role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
      error,
    );
  }
  // `client` is our own fault; the rest is AWS's, or the network's.
  if ('$fault' in error && error.$fault === 'client') {
    return loginRefusedError(
      `AWS does not let Hallpass assume the role ${assumeRole}. ${detail}`,
      'Allow sts:AssumeRole on it to Hallpass’s own IAM role, and name that in the trust policy of the other.',
      error,
    );
  }
  return unreachableError(
    `AWS gave no credentials to sign a token with. ${detail}`,
    'Check the region of `iam:`, and that Hallpass reaches AWS’s STS.',
    error,
  );
}
