/** The least that takes a webhook: a Fastify route that reads its body as bytes and answers. */
import Fastify from 'fastify';

const http = Fastify({ logger: false });
http.removeAllContentTypeParsers();
http.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
http.post('/webhooks/xendit', async () => ({ received: true }));
console.log(`ready ${await http.listen({ port: 0, host: '127.0.0.1' })}`);
process.on('SIGTERM', () => process.exit(0));
