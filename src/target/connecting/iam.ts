import type { Connect } from '../../config/config.js';
import { coerceError } from '../../errors.js';
import { loginRefusedError, type TargetError, unreachableError } from '../errors.js';
import { within } from './within.js';

type Iam = NonNullable<Connect['iam']>;

/**
 * A new token of AWS IAM, which the server takes in place of a password for 15 minutes, and checks at the login only.
 * It is signed for the server's own name and port, also when a tunnel leads there (AWS documentation, "IAM database
 * authentication").
 * @param timeoutMs for AWS to give credentials; the token itself is computed here.
 * @throws TargetError
 */
export async function iamToken(
  { host, port, user }: Connect,
  { region, assumeRole }: Iam,
  timeoutMs: number,
): Promise<string> {
  // Large, and few targets need them.
  const [{ fromTemporaryCredentials }, { Signer }] = await Promise.all([
    import('@aws-sdk/credential-providers'),
    import('@aws-sdk/rds-signer'),
  ]);
  const credentials =
    assumeRole === null
      ? {}
      : {
          credentials: fromTemporaryCredentials({
            params: { RoleArn: assumeRole, RoleSessionName: 'hallpass' },
            clientConfig: { region },
          }),
        };
  const signer = new Signer({ hostname: host, port, region, username: user, ...credentials });
  try {
    return await within(timeoutMs, signer.getAuthToken(), () => new Error('no answer came in time'));
  } catch (thrown) {
    throw awsError(coerceError(thrown), assumeRole);
  }
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
  // What AWS blames on who asks; the rest is AWS's own trouble, or the network's.
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
