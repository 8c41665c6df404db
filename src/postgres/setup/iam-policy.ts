import { HallpassError } from '../../errors.js';
import type { SetupTarget } from './server.js';

const ROLE_ARN = /^arn:(?<partition>aws[a-z-]*):iam::(?<account>\d{12}):role\//;

/**
 * The policy that lets Hallpass ask for tokens of its own login and no other, and who may assume the role that has
 * it: null without `assume_role`, when the policy belongs to the role that Hallpass runs under. What only the reader
 * knows is in capitals. Sources: AWS documentation, "Creating and using an IAM policy for IAM database access", and
 * "How to use trust policies with IAM roles".
 * @throws HallpassError when the target is not reached by IAM.
 */
export function iamPolicies({ key, kind, connect: { iam, user } }: SetupTarget): string {
  if (iam === null) {
    throw new HallpassError(`the target ${key} does not log in by IAM`, {
      passing: false,
      nextStep: 'Write iam: with the region into its connection.',
    });
  }
  const { partition = 'aws', account = 'ACCOUNT_ID' } = ROLE_ARN.exec(iam.assumeRole ?? '')?.groups ?? {};
  const resource = kind === 'aurora' ? 'cluster-RESOURCE_ID' : 'db-RESOURCE_ID';
  const policy = document({
    Effect: 'Allow',
    Action: 'rds-db:connect',
    Resource: `arn:${partition}:rds-db:${iam.region}:${account}:dbuser:${resource}/${literally(user)}`,
  });
  const trustPolicy =
    iam.assumeRole === null
      ? null
      : document({
          Effect: 'Allow',
          Principal: { AWS: `arn:${partition}:iam::HALLPASS_ACCOUNT_ID:role/HALLPASS_ROLE` },
          Action: 'sts:AssumeRole',
        });
  return `${JSON.stringify({ policy, trust_policy: trustPolicy }, null, 2)}\n`;
}

function document(statement: Readonly<Record<string, unknown>>): object {
  return { Version: '2012-10-17', Statement: [statement] };
}

/** In a resource's name, `*` and `?` would match other logins too; IAM's policy variables are taken literally. */
function literally(name: string): string {
  return name.replace(/[*?$]/g, '$${$&}');
}
