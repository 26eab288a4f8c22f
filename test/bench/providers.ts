/** The providers of the bench in a process of their own, and the environment of a server that has their credentials. */
import { fileURLToPath } from 'node:url';
import { type ServerProcess, startServerProcess } from '../serve-process.ts';

const PROVIDER = fileURLToPath(new URL('floors/provider.ts', import.meta.url));

export const CALLBACK_HEADERS = { 'x-callback-token': 'only iotec knows' };

export function startProviders(): Promise<ServerProcess> {
  return startServerProcess([PROVIDER], {});
}

export function credentialsAt(url: string): Record<string, string> {
  return {
    RATE_LIMIT_FACTOR: '0',
    IOTEC_CLIENT_ID: 'client',
    IOTEC_CLIENT_SECRET: 'secret',
    IOTEC_WALLET_ID: 'wallet',
    IOTEC_CALLBACK_HEADER: Object.keys(CALLBACK_HEADERS)[0]!,
    IOTEC_CALLBACK_SECRET: CALLBACK_HEADERS['x-callback-token'],
    IOTEC_AUTH_URL: `${url}/connect/token`,
    IOTEC_BASE_URL: url,
    RELWORX_API_KEY: 'key',
    RELWORX_ACCOUNT_NO: 'account',
    RELWORX_BASE_URL: `${url}/hang`,
  };
}
