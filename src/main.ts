import type { Gateway } from './app.ts';
import { type Config, ConfigError, readConfig, secretsIn } from './config.ts';
import { createLog, type Log } from './log.ts';
import { createRedaction } from './model/redaction.ts';
import { within } from './model/within.ts';
import { flushSpans } from './spans.ts';
import { compilePostgres } from './store/postgres-wasm.ts';

const exitCodes = { failed: 1, misconfigured: 2 };
/** What is for people becomes one line of JSON; the log is JSON as it is. */
const speaksJson = process.argv.includes('--json');
/** For the last traces to be sent, in milliseconds. */
const flushTimeoutMs = 2_000;

function configure(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    complain('MISCONFIGURED', error.message);
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
    await within(flushTimeoutMs, flushSpans()).catch((err) => log.warn({ err }, 'the last traces are not sent'));
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** One line for each address, the last one `ready`; as JSON all of them in one line. */
function announce({ url, sandbox }: Gateway, config: Config): void {
  const addresses: Record<string, string> = {};
  const tell = (name: string, address: string, remark = '') => {
    addresses[name] = address;
    if (!speaksJson) console.log(`${name.padEnd(9)} ${address}${remark}`);
  };
  if (config.xenditSecretKey === undefined) {
    const warning = config.isOpen ? ', and whoever reaches the gateway may do everything' : '';
    tell('sandbox', sandbox?.url ?? config.xenditBaseUrl, `  plays Xendit: no money moves${warning}`);
  }
  tell('database', config.databaseUrl === undefined ? config.dataDir : 'DATABASE_URL');
  const refused = config.callbackTokens.length === 0 ? '  refused until XENDIT_CALLBACK_TOKENS is set' : '';
  const unheard =
    sandbox === undefined && config.publicUrl === undefined ? '  Xendit can not reach it until PUBLIC_URL is set' : '';
  tell('webhooks', `${url}/webhooks/xendit`, refused || unheard);
  tell('health', `${url}/health/ready`);
  if (config.metricsToken !== undefined || config.isOpen) tell('metrics', `${url}/metrics`);
  tell('ready', `${url}/graphql`);
  if (speaksJson) console.log(JSON.stringify(addresses));
}

function complain(code: string, message: string): void {
  if (speaksJson) console.log(JSON.stringify({ error: { code, message } }));
  else console.error(message);
}

const config = configure();
const secrets = secretsIn(config);
const log = createLog(config.logLevel, { secrets });
for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, (error: unknown) => {
    log.fatal({ err: error }, event === 'uncaughtException' ? 'uncaught exception' : 'unhandled rejection');
    process.exit(exitCodes.failed);
  });
}
try {
  // Begun before the rest is loaded; what goes wrong with it is told where it is needed.
  if (config.databaseUrl === undefined) compilePostgres().catch(() => undefined);
  const { createGateway } = await import('./app.ts');
  const gateway = await createGateway(config, log);
  stopOnSignal(gateway, log, config.drainTimeoutMs);
  announce(gateway, config);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  complain('FAILED', `The gateway could not start: ${createRedaction(secrets).text(reason)}`);
  process.exit(exitCodes.failed);
}
