import type { Connect } from '../../config/config.js';
import { keepSecret } from '../../secrets.js';
import { readConfigured } from './files.js';

/**
 * What proves who we are, for one connection; '' when the configuration gives nothing, because the
 * server may ask for nothing.
 * @param timeoutMs for those who give it; a file is read in whatever time it takes.
 * @throws TargetError
 */
export async function readPassword(connect: Connect, timeoutMs: number): Promise<string> {
  if (connect.iam !== null) {
    // Only who uses it pays for the AWS SDK, in memory and at the start.
    const { iamToken } = await import('./iam.js');
    return iamToken(connect, connect.iam, timeoutMs);
  }
  if (connect.passwordFile !== null) {
    return keepSecret((await readConfigured('password file', connect.passwordFile)).trimEnd());
  }
  return connect.password ?? '';
}

/** The server refused us: what we proved ourselves with is fetched again for the next connection, as far as it was kept. */
export async function doubtPassword({ iam }: Connect): Promise<void> {
  if (iam === null) return;
  const { doubtCredentials } = await import('./iam.js');
  doubtCredentials(iam);
}
