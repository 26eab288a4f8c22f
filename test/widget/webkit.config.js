/** The same suite in WebKit, where the machine has it (Debian: `apt install webkit2gtk-driver xvfb`): `npm run test:widget:webkit`. */
import { webkitLauncher } from './webkit.launcher.ts';
import config from './web-test-runner.config.js';

export default { ...config, browsers: [webkitLauncher()] };
