// The webview's end of the protocol: events out, requests with their answers, frames in.

import type { ClientEvents, ClientMessage, HostEvent, HostMessage, RequestName, Requests } from '../src/protocol/messages';

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class Channel {
  private readonly post: (message: ClientMessage) => void;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  /** @param onEvent called for each event of the host */
  constructor(post: (message: ClientMessage) => void, onEvent: (event: HostEvent) => void) {
    this.post = post;
    window.addEventListener('message', (e: MessageEvent<HostMessage>) => this.receive(e.data, onEvent));
  }

  send<N extends keyof ClientEvents>(name: N, body: ClientEvents[N]): void {
    this.post({ type: 'event', name, body } as ClientMessage);
  }

  request<N extends RequestName>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']> {
    const id = ++this.lastId;
    return new Promise<Requests[N]['result']>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve, reject });
      this.post({ type: 'request', id, name, params } as ClientMessage);
    });
  }

  private receive(message: HostMessage, onEvent: (event: HostEvent) => void): void {
    if (message.type === 'event') {
      onEvent(message);
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.type === 'reply') waiting?.resolve(message.result);
    else waiting?.reject(new Error(message.message));
  }
}
