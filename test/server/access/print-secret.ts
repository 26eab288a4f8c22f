/** A process that starts up as a server does: prints the secret it took, at a time given in milliseconds since 1970. */
import { loadServerSecret } from '../../../server/access/server-secret.ts';
import { loadConfig } from '../../../server/config.ts';

const config = loadConfig(process.env);
const startAt = Number(process.argv[2]);
// Spinning, not sleeping: all processes are to ask in the same moment.
while (Date.now() < startAt);
console.log(loadServerSecret(config).toString('hex'));
