import { openSandbox } from './app/sandbox.ts';
import { ConfigError, readConfig, secretsIn } from './config.ts';
import { createLog } from './log.ts';

/** The sandbox as a process of its own, for several gateways to share: its state lives here and ends with it. */
async function standIn(): Promise<void> {
  const config = readConfig(process.env);
  const sandbox = await openSandbox(config, createLog(config.logLevel, { secrets: secretsIn(config) }), config.host);
  const stop = () => void sandbox.close().then(() => process.exit(0));
  process.on('SIGTERM', stop).on('SIGINT', stop);
  const deliversTo = config.sandboxWebhookUrls.join(', ') || 'whatever address a code names';
  console.log(`webhooks  ${deliversTo}`);
  console.log(`ready     ${sandbox.url}  plays Xendit: no money moves`);
}

try {
  await standIn();
} catch (error) {
  const isMistake = error instanceof ConfigError;
  console.error(isMistake ? error.message : `The sandbox could not start: ${String(error)}`);
  process.exit(isMistake ? 2 : 1);
}
