import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Connect } from '../../../src/config/config.js';
import { waitFor } from '../../support/wait-for.js';
import { failure } from './attempt.js';
import { refuseLogin } from './scripted.js';

const ROLE = 'arn:aws:iam::123456789012:role/lender';
const REFUSED = ['28P01', 'password authentication failed for user "hall pass"'] as const;

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDHALLPASS');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret of Hallpass');
  // Nothing of the machine that the tests run on.
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
});
afterEach(() => void vi.unstubAllEnvs());

function at(port: number, assumeRole: string | null = null): Connect {
  const none = { password: null, passwordFile: null, ca: null, cert: null, key: null, ssh: null };
  const iam = { region: 'eu-north-1', assumeRole };
  return { host: '127.0.0.1', port, database: 'postgres', user: 'hall pass', tls: 'off', ...none, iam };
}

/**
 * AWS's STS, as far as a role is assumed there; answers new credentials each time, or an error.
 * @param lastMs how long they last.
 */
async function startSts(refuse: boolean, lastMs = 3_600_000): Promise<URLSearchParams[]> {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push(new URLSearchParams(body));
      const id = `ASSUMED${asked.length}`;
      const expiration = new Date(Date.now() + lastMs).toISOString();
      response.writeHead(refuse ? 403 : 200, { 'content-type': 'text/xml' });
      response.end(
        refuse
          ? '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>'
          : `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>${id}</AccessKeyId>` +
              `<SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken>` +
              `<Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', `http://127.0.0.1:${address.port}`);
  return asked;
}

test('a new token is made for each connection, for the host, the port and the user', async () => {
  const tokens: string[] = [];
  const port = await refuseLogin(...REFUSED, tokens);
  const error = await failure(at(port));
  expect(error).toMatchObject({ kind: 'login_refused', passing: false });
  expect(error.message).toContain(
    `127.0.0.1:${port} does not take an IAM token from the login hall pass. (28P01`,
  );
  expect(error.nextStep).toContain('it is not in rds_iam (GRANT rds_iam TO "hall pass";)');
  expect(error.nextStep).toMatch(/clock is wrong .*NTP.*, the AWS secret key is not the one/);
  const token = new URL(`https://${tokens[0]}`);
  expect(token.host).toBe(`127.0.0.1:${port}`);
  expect(token.searchParams.get('DBUser')).toBe('hall pass');
  expect(token.searchParams.get('X-Amz-Credential')).toMatch(/^AKIDHALLPASS\/\d{8}\/eu-north-1\/rds-db\//);
  expect(`${error.message} ${error.cause}`).not.toContain(token.searchParams.get('X-Amz-Signature'));
  // A token bears the second in which it was made.
  await waitFor(
    async () => {
      await failure(at(port));
      return tokens.at(-1) !== tokens[0];
    },
    { what: 'another token' },
  );
});

test('a role is assumed once, for as long as AWS gave its credentials', async () => {
  const asked = await startSts(false);
  const tokens: string[] = [];
  const port = await refuseLogin('28000', 'PAM authentication failed for user "hall pass"', tokens);
  const error = await failure(at(port, ROLE));
  expect(error.message).toContain('refuses the IAM token for the login hall pass. (28000');
  expect(error.nextStep).toContain('rds-db:connect on arn:aws:rds-db:eu-north-1:…:dbuser:…/hall pass');
  expect(error.nextStep).toMatch(/clock is wrong .*NTP.*, the AWS secret key is not the one/);
  await Promise.all([failure(at(port, ROLE)), failure(at(port, ROLE))]);
  expect(asked.map((params) => params.get('RoleArn'))).toEqual([ROLE]);
  expect(tokens).toHaveLength(3);
  for (const token of tokens) expect(token).toContain('X-Amz-Credential=ASSUMED1%2F');

  // Another role is another matter, and credentials that end soon are fetched again.
  const other = `${ROLE}-for-a-minute`;
  const brief = await startSts(false, 60_000);
  await failure(at(port, other));
  await failure(at(port, other));
  expect(brief.map((params) => params.get('RoleArn'))).toEqual([other, other]);
});

test('nothing of the AWS SDK’s own is written on standard error', async () => {
  const warnings: string[] = [];
  const hear = (warning: Error) => warnings.push(warning.message);
  process.on('warning', hear);
  onTestFinished(() => void process.off('warning', hear));
  await startSts(false);
  await failure(at(await refuseLogin(...REFUSED), `${ROLE}-quietly`));
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
  expect(process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED).toBe('true');
});

test('what AWS refuses is told from what it does not answer', async () => {
  await startSts(true);
  const refused = `${ROLE}-refused`;
  const denied = await failure(at(1, refused));
  expect(denied).toMatchObject({ kind: 'login_refused', passing: false });
  expect(denied.message).toContain(`AWS does not let Hallpass assume the role ${refused}. (`);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:1');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  expect(await failure(at(1, refused))).toMatchObject({ kind: 'unreachable', passing: true });
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  const none = await failure(at(1));
  expect(none).toMatchObject({ kind: 'login_refused', passing: false });
  expect(none.message).toContain(
    'Hallpass has no AWS credentials to sign a token with. (CredentialsProviderError',
  );
});
