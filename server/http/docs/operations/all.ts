import type { OperationTexts } from '../operation.ts';
import { checkout } from './checkout.ts';
import { dukuzi } from './dukuzi.ts';
import { payments } from './payments.ts';
import { providers } from './providers.ts';
import { wallets } from './wallets.ts';

/** Every operation of the public API, in the order it is read. */
export const OPERATIONS: OperationTexts = { ...payments, ...wallets, ...providers, ...checkout, ...dukuzi };
