// Pictures of panes: asked for here, taken by the webview.

import type { ClientEvents, HostEvents } from '../../protocol/messages';

/** A picture of a pane, and the colours of the theme that it is in. */
export interface Captured {
  readonly bytes: Uint8Array;
  readonly colours: Readonly<Record<string, unknown>>;
}

interface Capturing {
  resolve(captured: Captured): void;
  reject(error: Error): void;
}

export class Captures {
  private readonly send: (body: HostEvents['capture']) => void;
  private readonly waiting = new Map<number, Capturing>();
  private last = 0;

  constructor(ask: (body: HostEvents['capture']) => void) {
    this.send = ask;
  }

  /** Rejects where there is no such pane, and when the webview goes away. */
  ask(pane: string, format: 'png' | 'svg'): Promise<Captured> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ id, pane, format });
    });
  }

  /** The webview's answer. */
  take(body: ClientEvents['captured']): void {
    const waiting = this.waiting.get(body.id);
    this.waiting.delete(body.id);
    if ('problem' in body) waiting?.reject(new Error(body.problem));
    else if (body.bytes instanceof Uint8Array) waiting?.resolve(body);
    else waiting?.reject(new Error('the heap view sent no picture'));
  }

  /** Nothing that is still waited for will come. */
  close(): void {
    for (const waiting of this.waiting.values()) waiting.reject(new Error('the heap view is hidden'));
    this.waiting.clear();
  }
}
