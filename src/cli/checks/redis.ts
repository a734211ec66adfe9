import { pingRedis } from '../../bus/ping.ts';
import type { Config } from '../../config.ts';
import { reasonOf } from '../command-error.ts';
import { type Check, ok, problem } from './check.ts';

export async function checkRedis({ redisUrl }: Config, timeoutMs: number): Promise<Check> {
  if (redisUrl === undefined) return ok('redis', 'none, which is all right for a single instance');
  try {
    return ok('redis', `Redis ${await pingRedis(redisUrl, timeoutMs)} answers`);
  } catch (error) {
    return problem(
      'redis',
      `REDIS_URL: ${reasonOf(error)}`,
      'start that Redis, or mend host, user or password of REDIS_URL',
    );
  }
}
