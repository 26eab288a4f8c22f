/** A process that starts up as a server does: prints the secret it took. */
import { loadServerSecret } from '../../../server/access/server-secret.ts';
import { loadConfig } from '../../../server/config.ts';

console.log(loadServerSecret(loadConfig(process.env)).toString('hex'));
