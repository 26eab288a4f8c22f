/** The least a Fastify server can be: what starting and idling cost before Malipo adds anything. */
import Fastify from 'fastify';

const app = Fastify();
app.get('/healthz', async () => ({ status: 'ok' }));
await app.listen({ port: 0, host: '127.0.0.1' });
const address = app.server.address();
console.log(`running at http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
