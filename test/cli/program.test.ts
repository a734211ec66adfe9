import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeProblem } from '../../src/cli/node-version.ts';
import { temporaryFolder } from '../support/database.ts';
import { runCli, startCli } from './support.ts';

test('an older Node is told which one is needed', () => {
  for (const old of ['18.20.0', '20.20.2', '22.18.9']) assert.match(nodeProblem(old) ?? '', /22\.19 or newer.*install/);
  for (const fine of ['22.19.0', '24.0.0', '100.0.0']) assert.equal(nodeProblem(fine), undefined);
});

test('it starts a gateway, says as JSON where it is, and Ctrl-C ends it', async (t) => {
  const environment = { PORT: '0', SANDBOX_PORT: '0', DATA_DIR: await temporaryFolder(t), DRAIN_SPREAD_MS: '0' };
  const gateway = startCli(t, ['start', '--json'], { ...environment, LOG_LEVEL: 'silent' });
  const { health, ready } = await gateway.line();
  assert.match(String(ready), /\/graphql$/);
  assert.equal((await fetch(String(health))).status, 200);
  assert.equal(await gateway.stop(), 0);
});

const live = { XENDIT_SECRET_KEY: 'xnd_production_1' };

/** Each is a command line that is wrong, what is said about it, and what is in the environment. */
const wrong: [args: string[], said: RegExp, environment?: Record<string, string>][] = [
  [['bogus'], /unknown command 'bogus'/],
  [['trigger'], /trigger --list/],
  [['trigger', 'qr.paid'], /no event "qr.paid"/],
  [['trigger', 'qr.payment', '--duplicate', '-1'], /--duplicate.*whole number/],
  [['trigger', 'qr.payment', '--amount', '1,5'], /--amount.*decimal/],
  [['trigger', 'payment_token.expiry', '--amount', '1'], /has no amount/],
  [['trigger', 'qr.payment', '--url', 'ftp://here'], /--url.*http/],
  [['trigger', 'qr.payment'], /--live/, live],
  [['listen', '--port', '0', '--history', '3'], /leave them out with --port/],
  [['pay', 'order-1'], /XENDIT_GRAPHQL_URL.*http/, { XENDIT_GRAPHQL_URL: 'here' }],
];

test('a command line that is wrong does nothing, ends with 2 and says what is wrong', async (t) => {
  const checks = wrong.map(async ([args, said, environment]) => {
    const { code, lines, err } = await runCli(t, [...args, '--json'], environment);
    assert.deepEqual([code, lines.length, err], [2, 1, ''], args.join(' '));
    const { error } = lines[0] as { error: { code: string; message: string } };
    assert.equal(error.code, 'MISUSED');
    assert.match(error.message, said);
  });
  await Promise.all(checks);
  const { code, out, err } = await runCli(t, ['pay']);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /missing required argument 'what'/);
});

test('each command’s help tells its exit codes, and all take --json', async (t) => {
  const { out } = await runCli(t, ['--help']);
  const commands = [...out.matchAll(/^ {2}(\w+) \[options\]/gm)].map(([, name = '']) => name);
  assert.deepEqual(commands, ['start', 'listen', 'trigger', 'replay', 'pay', 'doctor']);
  const helps = await Promise.all(commands.map((command) => runCli(t, [command, '--help'])));
  for (const { code, out: help } of helps) {
    assert.equal(code, 0);
    assert.match(help, /--json[\s\S]*Exit codes: 0/);
  }
});
