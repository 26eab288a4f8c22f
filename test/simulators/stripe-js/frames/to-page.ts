/** A frame's line to the page that holds it. */
import { CHANNEL, type Told } from '../wire.ts';

export function tell(told: Told): void {
  parent.postMessage({ channel: CHANNEL, ...told }, '*');
}
