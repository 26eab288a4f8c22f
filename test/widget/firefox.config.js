/** The same suite in Firefox, where the machine has it (Debian: `apt install firefox-esr`): `npm run test:widget:firefox`. */
import { existsSync } from 'node:fs';
import { chromeLauncher } from '@web/test-runner-chrome';
import config from './web-test-runner.config.js';

const INSTALLED = ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox', 'C:\\Program Files\\Mozilla Firefox\\firefox.exe'];

const executablePath = process.env.FIREFOX_PATH ?? INSTALLED.find((path) => existsSync(path));
if (!executablePath) throw new Error(`There is no Firefox on this machine: install one, or set FIREFOX_PATH (looked for ${INSTALLED.join(', ')})`);

// Puppeteer drives Firefox by WebDriver BiDi; the launcher has its name from the browser it drives most.
const firefox = chromeLauncher({
  launchOptions: { browser: 'firefox', executablePath, headless: true },
  concurrency: 1,
  createPage: async ({ context }) => {
    const page = await context.newPage();
    const setViewport = page.setViewport.bind(page);
    // Sets the size first and then the orientation, of which Firefox 140 (Debian's ESR in 2026) has not heard.
    page.setViewport = (viewport) =>
      setViewport(viewport).catch((error) => {
        if (!error.message.includes('setScreenOrientationOverride')) throw error;
      });
    return page;
  },
});
firefox.name = 'Firefox';

export default { ...config, browsers: [firefox] };
