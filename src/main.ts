import { createGateway, type Gateway } from './app.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { createLog, type Log } from './log.ts';

const exitCodes = { failed: 1, misconfigured: 2 };

function configure(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(exitCodes.misconfigured);
  }
}

/** Stops once asked to; a second request, or a drain that takes too long, ends the process at once. */
function stopOnSignal(gateway: Gateway, log: Log, drainTimeoutMs: number): void {
  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) process.exit(exitCodes.failed);
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(exitCodes.failed), drainTimeoutMs).unref();
    await gateway.close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function announce({ url, sandbox }: Gateway, config: Config): void {
  if (config.xenditSecretKey === undefined) {
    console.log(
      `sandbox   ${sandbox?.url ?? config.xenditBaseUrl}  plays Xendit: no money moves, and whoever reaches the gateway may do everything`,
    );
  }
  console.log(`database  ${config.databaseUrl === undefined ? config.dataDir : 'DATABASE_URL'}`);
  const refused = config.callbackTokens.length === 0 ? '  refused until XENDIT_CALLBACK_TOKENS is set' : '';
  const unheard =
    sandbox === undefined && config.publicUrl === undefined ? '  Xendit can not reach it until PUBLIC_URL is set' : '';
  console.log(`webhooks  ${url}/webhooks/xendit${refused || unheard}`);
  console.log(`health    ${url}/health/ready`);
  console.log(`ready     ${url}/graphql`);
}

const config = configure();
const log = createLog(config.logLevel);
process.on('unhandledRejection', (error) => {
  log.fatal({ err: error }, 'unhandled rejection');
  process.exit(exitCodes.failed);
});
try {
  const gateway = await createGateway(config, log);
  stopOnSignal(gateway, log, config.drainTimeoutMs);
  announce(gateway, config);
} catch (error) {
  console.error(`The gateway could not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(exitCodes.failed);
}
