// One line on a terminal that says how far a long piece of work is. Nothing when nobody watches, or when it is done before one would.

import { sizeText } from '../regions/text';

/** Work that takes less is not told of. */
const PATIENCE_MS = 500;
const EVERY_MS = 100;

export class Progress {
  private readonly begun = performance.now();
  private last = 0;
  private shown = false;

  /** @param bytes done so far; @param total of so many, where that is known */
  report(doing: string, bytes: number, total?: number): void {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.begun < PATIENCE_MS || now - this.last < EVERY_MS) return;
    this.last = now;
    this.shown = true;
    const share = total === undefined || total === 0 ? sizeText(bytes) : `${((100 * bytes) / total).toFixed(0)} %`;
    process.stderr.write(`\r\x1b[K${doing}: ${share}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.shown) process.stderr.write('\r\x1b[K');
    this.shown = false;
  }
}
