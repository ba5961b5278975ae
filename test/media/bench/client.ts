// The page in which the bench has the panel's client: what VS Code gives a webview, tied to the host's page.

import type { ClientMessage, HostMessage } from '../../../src/protocol/messages';
import { CHANNEL, HEARD } from './channel';

declare global {
  interface Window {
    client: {
      /** Milliseconds from the beginning of the page to the first frame on screen. */
      firstPaint: number;
      frames: number;
      settled(): Promise<void>;
    };
  }
}

/** What one half has said and the other has not heard or painted. */
let pending = 0;
let state: unknown;
const channel = new BroadcastChannel(CHANNEL);
window.client = { firstPaint: 0, frames: 0, settled };

channel.onmessage = ({ data }: MessageEvent<HostMessage | typeof HEARD>) => {
  if (data === HEARD) {
    pending--;
    return;
  }
  if (data.type === 'event' && data.name === 'frame') pending++;
  window.dispatchEvent(new MessageEvent('message', { data }));
};
Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: ClientMessage) => {
      pending++;
      channel.postMessage(message);
      if (message.type !== 'event' || message.name !== 'painted') return;
      pending--;
      window.client.frames++;
      window.client.firstPaint ||= performance.now();
    },
    getState: () => state,
    setState: (kept: unknown) => (state = structuredClone(kept)),
  }),
});

/** Nothing more is said for three frames of the screen. */
async function settled(): Promise<void> {
  for (let quiet = 0; quiet <= 3; quiet = pending === 0 ? quiet + 1 : 0) await new Promise(requestAnimationFrame);
}
