// What a page costs: processor time of its main thread, memory of its process.

import { readFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';

/** Reads what the main thread of a page has spent. That is time of the thread, which stands still while others have the processor. */
export class Meter {
  private readonly session: CDPSession;

  private constructor(session: CDPSession) {
    this.session = session;
  }

  static async on(page: Page): Promise<Meter> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new Meter(session);
  }

  /** Milliseconds of all tasks so far. */
  async spent(): Promise<number> {
    return ((await this.metrics()).get('TaskDuration') ?? 0) * 1000;
  }

  /** Bytes of JavaScript that are left when nothing is that could go. */
  async heap(): Promise<number> {
    await this.session.send('HeapProfiler.collectGarbage');
    return (await this.metrics()).get('JSHeapUsedSize') ?? 0;
  }

  private async metrics(): Promise<ReadonlyMap<string, number>> {
    const { metrics } = await this.session.send('Performance.getMetrics');
    return new Map(metrics.map((m) => [m.name, m.value]));
  }
}

/** Bytes of a process: its own, and its part of what it shares. Undefined where the system does not tell. */
export function memoryOf(process: number): { readonly own: number; readonly share: number } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${String(process)}/smaps_rollup`, 'utf8');
  } catch {
    return undefined;
  }
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? NaN) * 1024;
  return { own: bytes('Private_Dirty') + bytes('Private_Clean'), share: bytes('Pss') };
}
