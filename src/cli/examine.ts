import { type Config, ConfigError, type Environment, readConfig, secretsIn } from '../config.ts';
import { createRedaction } from '../model/redaction.ts';
import { checkCallers } from './checks/callers.ts';
import { type Check, ok, problem } from './checks/check.ts';
import { checkDatabase } from './checks/database.ts';
import { checkPorts } from './checks/ports.ts';
import { checkRedis } from './checks/redis.ts';
import { checkCallbackTokens, checkReach } from './checks/webhooks.ts';
import { checkXendit } from './checks/xendit.ts';
import { nodeProblem } from './node-version.ts';

/**
 * Looks at everything that a gateway with this environment stands on, and changes nothing. What a wrong configuration names isn't
 * looked at. No secret is repeated.
 *
 * @param timeoutMs for each answer from elsewhere.
 */
export async function examine(environment: Environment, timeoutMs: number): Promise<Check[]> {
  const { node } = process.versions;
  const wrongNode = nodeProblem(node);
  const own = wrongNode === undefined ? ok('node', node) : problem('node', node, wrongNode);
  try {
    const config = readConfig(environment);
    const checks = [own, ok('configuration', 'can be read'), ...(await examineAll(config, timeoutMs))];
    const { text } = createRedaction(secretsIn(config));
    return checks.map(({ found, advice, ...rest }) => ({
      ...rest,
      found: text(found),
      advice: advice && text(advice),
    }));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [
      own,
      ...error.problems.map((one) =>
        problem('configuration', one, 'mend it; docs/configuration.md says what each variable means'),
      ),
    ];
  }
}

async function examineAll(config: Config, timeoutMs: number): Promise<Check[]> {
  const { checks: ports, isRunning } = await checkPorts(config, timeoutMs);
  const others = await Promise.all([
    checkDatabase(config, timeoutMs, isRunning),
    checkRedis(config, timeoutMs),
    checkXendit(config, timeoutMs),
    checkCallers(config, timeoutMs),
    checkCallbackTokens(config),
    checkReach(config, timeoutMs),
  ]);
  return [...ports, ...others];
}
