import { describeRedis } from '../support/redis.js';
import { crashes } from './crashes.js';

describeRedis('with alarms in Redis', () => crashes('Redis'));
