import { esbuildPlugin } from '@web/dev-server-esbuild';
import { playwrightLauncher } from '@web/test-runner-playwright';
import { fileURLToPath } from 'node:url';
import { findChrome } from '../browser.ts';
import { keepFilesInMemory } from '../memory-folder.ts';
import { checkoutMiddleware } from './support/checkout-service.ts';
import { strictPages } from './support/strict-pages.ts';
import { pageWithStripe } from './support/stripe-pages.ts';

keepFilesInMemory();

const root = fileURLToPath(new URL('../../', import.meta.url));

export default {
  rootDir: root,
  files: [`${root}test/widget/**/*.test.ts`],
  nodeResolve: { exportConditions: ['production', 'default'] },
  plugins: [esbuildPlugin({ ts: true, target: 'es2022', tsconfig: `${root}widget/tsconfig.json` })],
  middleware: [strictPages, checkoutMiddleware],
  browsers: [playwrightLauncher({ product: 'chromium', launchOptions: await findChrome(), createPage: pageWithStripe })],
  concurrency: 2,
  // For a machine that others use as well.
  browserStartTimeout: 120_000,
  testsStartTimeout: 120_000,
  testsFinishTimeout: 600_000,
  // What tests provoke on purpose.
  filterBrowserLogs: ({ args }) => !/a bug of the site|NO_METHOD at|NO_ANSWER at|is not understood and passed over|integration over HTTP|the card form did not load/.test(args.join(' ')),
  testFramework: { config: { timeout: 180_000 } },
};
