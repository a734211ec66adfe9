import { openXendit } from '../../src/xendit/client.ts';

/** Asks a server for some paths, one after the other, and prints what came of each and how far the process grew by it. */
const [baseUrl = '', ...paths] = process.argv.slice(2);
const xendit = openXendit({ baseUrl, secretKey: 'xnd_development_secret', timeoutMs: 30_000 });
for (const text of paths) {
  const before = process.resourceUsage().maxRSS;
  const code = await xendit.get({ text, endpoint: text }).then(
    () => 'answered',
    (error: { code: string }) => error.code,
  );
  console.log(JSON.stringify({ text, code, grownKiB: process.resourceUsage().maxRSS - before }));
}
await xendit.close();
