/** `npm run simulators`: live keys on a laptop, and nobody's money. */
import { parseArgs } from 'node:util';
import { startSimulators } from './simulators.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '4000' }, malipo: { type: 'string', default: 'http://localhost:3000' } } });

/** Where Malipo listens; its own choice where the address names no port. */
const { port } = new URL(values.malipo);

const { controlUrl, env, close } = await startSimulators({ port: Number(values.port), malipoUrl: values.malipo }).catch((error: Error) => {
  console.error(`simulators: ${error.message}; --port names another first port`);
  process.exit(1);
});

console.log(`Simulated providers; approve and decline at ${controlUrl}

Start Malipo against them in another terminal:

${Object.entries(env).map(([name, value]) => `export ${name}='${value}'`).join('\n')}
${port === '' ? '' : `export PORT='${port}'\n`}export DATABASE_URL='file:./data/simulated.db'
npm start

Its commands (npm run -s malipo -- …) need the same lines in their terminal, as they work on the same database. For a webhook
receiver of yours on this machine, add export OUTBOUND_ALLOW_CIDRS='127.0.0.0/8'.

Every provider is live then: use keys that begin with dgw_live_ (npm run -s malipo -- key create --app APP --mode live),
and any number that means nothing to the sandbox, as 0772 123 456. Cards in UGX are paid on Relworx's page, which opens by itself.
Stripe's keys are for its test mode (keys that begin with dgw_test_); its own form takes no simulated key, so its cards are paid on
the card page beside them there. Ctrl-C stops.`);

const stop = () => void close().then(() => process.exit(0));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
