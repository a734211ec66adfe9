/** `npm run cluster`: two gateways on a Postgres, a Redis and a sandbox of their own, behind one address, until Ctrl-C. */
import { startCluster } from './cluster.ts';

const cluster = await startCluster({ instances: 2 }).catch((error: Error) => {
  console.error(error.message);
  return process.exit(1);
});

let isStopping = false;
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  await cluster.close();
  process.exit(0);
}
process.on('SIGINT', stop).on('SIGTERM', stop);

console.log(`postgres  ${cluster.databaseUrl}`);
console.log(`redis     redis://127.0.0.1:${cluster.redis.port}`);
console.log(`sandbox   ${cluster.sandboxUrl}`);
for (const { name, port } of cluster.instances) console.log(`${name} http://localhost:${port()}/graphql`);
console.log(`logs      ${cluster.folder}`);
console.log(`webhooks  http://localhost:${cluster.door.port}/webhooks/xendit`);
console.log(`ready     http://localhost:${cluster.front.port}/graphql`);
