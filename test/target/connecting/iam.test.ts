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

/** AWS's STS, as far as a role is assumed there; answers new credentials each time, or an error. */
async function startSts(refuse: boolean): Promise<URLSearchParams[]> {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push(new URLSearchParams(body));
      const id = `ASSUMED${asked.length}`;
      const expiration = new Date(Date.now() + 3_600_000).toISOString();
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

test('a role may be assumed for it, anew for each connection', async () => {
  const asked = await startSts(false);
  const tokens: string[] = [];
  const port = await refuseLogin('28000', 'PAM authentication failed for user "hall pass"', tokens);
  const error = await failure(at(port, ROLE));
  expect(error.message).toContain('refuses the IAM token for the login hall pass. (28000');
  expect(error.nextStep).toContain('rds-db:connect on arn:aws:rds-db:eu-north-1:…:dbuser:…/hall pass');
  await failure(at(port, ROLE));
  expect(asked.map((params) => params.get('RoleArn'))).toEqual([ROLE, ROLE]);
  expect(tokens[0]).toContain('X-Amz-Credential=ASSUMED1%2F');
  expect(tokens[1]).toContain('X-Amz-Credential=ASSUMED2%2F');
});

test('what AWS refuses is told from what it does not answer', async () => {
  await startSts(true);
  const denied = await failure(at(1, ROLE));
  expect(denied).toMatchObject({ kind: 'login_refused', passing: false });
  expect(denied.message).toContain(`AWS does not let Hallpass assume the role ${ROLE}. (`);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:1');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  expect(await failure(at(1, ROLE))).toMatchObject({ kind: 'unreachable', passing: true });
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  const none = await failure(at(1));
  expect(none).toMatchObject({ kind: 'login_refused', passing: false });
  expect(none.message).toContain(
    'Hallpass has no AWS credentials to sign a token with. (CredentialsProviderError',
  );
});
