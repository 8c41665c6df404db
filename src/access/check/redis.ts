import type { RedisServer } from '../../config/environment/redis-url.js';
import { coerceError } from '../../errors.js';
import { probeRedis } from '../../queue/probe.js';
import { type Finding, failure, note, ok } from './finding.js';

/** Does Redis answer, and does it keep what it is given? Never throws. */
export async function checkRedis(server: RedisServer): Promise<readonly Finding[]> {
  try {
    const { version, policy, isReplica } = await probeRedis(server);
    if (isReplica) {
      const says = 'What answers at REDIS_URL is a replica, which takes no writes: no alarm is set.';
      return [failure('Redis', says, 'Point REDIS_URL to the master, or to its Sentinels.')];
    }
    if (policy === null) {
      const says = 'It answers, and does not tell what it does when its memory is full.';
      return [note('Redis', says, 'Set its maxmemory-policy to noeviction, where that can be set.')];
    }
    if (policy !== 'noeviction') {
      const says = `Its maxmemory-policy is ${policy}: when its memory is full it throws alarms away, and what is due is found a heartbeat late.`;
      const nextStep =
        'Set maxmemory-policy to noeviction: CONFIG SET maxmemory-policy noeviction, and in its configuration file or with its provider.';
      return [failure('Redis', says, nextStep)];
    }
    return [ok('Redis', `Redis ${version ?? 'of an unknown version'} answers, and evicts nothing.`)];
  } catch (thrown) {
    const says = `It can’t be used (REDIS_URL): ${coerceError(thrown).message || 'no answer'}.`;
    const nextStep =
      'Check host, port, password and TLS (rediss://). Without REDIS_URL, alarms are kept in the ledger’s server.';
    return [failure('Redis', says, nextStep)];
  }
}
