import type { Connect } from '../../config/config.js';
import { keepSecret } from '../../secrets.js';
import { readConfigured } from './files.js';

/**
 * The password or token for one connection; '' when the configuration has none, because the server may ask for none.
 * @param timeoutMs how long AWS may take to give a token; a file has no limit.
 * @throws TargetError
 */
export async function readPassword(connect: Connect, timeoutMs: number): Promise<string> {
  if (connect.iam !== null) {
    // The AWS SDK takes memory and time to load, so only targets that need it do.
    const { iamToken } = await import('./iam.js');
    return iamToken(connect, connect.iam, timeoutMs);
  }
  if (connect.passwordFile !== null) {
    return keepSecret((await readConfigured('password file', connect.passwordFile)).trimEnd());
  }
  return connect.password ?? '';
}

/** The server refused us: credentials that were kept are fetched again for the next connection. */
export async function doubtPassword({ iam }: Connect): Promise<void> {
  if (iam === null) return;
  const { doubtCredentials } = await import('./iam.js');
  doubtCredentials(iam);
}
