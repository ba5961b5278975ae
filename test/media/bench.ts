// Measures the panel in a real browser: a heap of a million blocks, opened, scrolled and zoomed. Run it with `npx tsx test/media/bench.ts`.
//
// Host and client share one thread here, unlike in VS Code; the host's time is measured apart and taken out. What is left is what the
// webview's main thread does a frame: taking the message apart, updating the page, drawing. Software rendering adds its raster time.

import type { CDPSession, Page } from 'playwright-core';
import { BROWSER, Harness, settled } from './harness';

const BLOCKS = 1_000_000;
const FRAMES = 60;

interface Times {
  readonly script: number;
  readonly layout: number;
  readonly task: number;
  readonly host: number;
  readonly heap: number;
}

async function times(page: Page, session: CDPSession): Promise<Times> {
  const { metrics } = await session.send('Performance.getMetrics');
  const value = (name: string) => (metrics.find((m) => m.name === name)?.value ?? 0) * 1000;
  const host = await page.evaluate(() => window.harness.hostTime);
  return {
    script: value('ScriptDuration'),
    layout: value('LayoutDuration') + value('RecalcStyleDuration'),
    task: value('TaskDuration'),
    host,
    heap: value('JSHeapUsedSize') / 1000,
  };
}

/** Mean and worst milliseconds of the client's main thread over FRAMES frames. */
async function measure(name: string, page: Page, session: CDPSession, act: (i: number) => Promise<void>): Promise<void> {
  const client: number[] = [];
  const host: number[] = [];
  for (let i = 0; i < FRAMES; i++) {
    const before = await times(page, session);
    await act(i);
    await settled(page);
    const after = await times(page, session);
    client.push(after.script - before.script - (after.host - before.host) + after.layout - before.layout);
    host.push(after.host - before.host);
  }
  const sorted = (list: number[]) => [...list].sort((a, b) => a - b);
  const at = (list: number[], share: number) =>
    sorted(list)[Math.min(list.length - 1, Math.floor(list.length * share))]!.toFixed(1);
  console.log(
    `${name.padEnd(10)} client median ${at(client, 0.5)} ms, worst ${at(client, 1)} ms · host median ${at(host, 0.5)} ms, worst ${at(host, 1)} ms`,
  );
}

async function main(): Promise<void> {
  if (BROWSER === undefined) throw new Error('no browser: set CHROMIUM to one');
  const harness = await Harness.start();
  const begin = performance.now();
  const page = await harness.open({ blocks: BLOCKS }, 'dark', 1400, 843);
  console.log(`${String(BLOCKS)} blocks: made and open after ${(performance.now() - begin).toFixed(0)} ms`);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const box = (await page.locator('.map-view').boundingBox())!;
  await page.mouse.move(box.x + 300, box.y + 100);
  await measure('zoom', page, session, async (i) => {
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, i % 8 < 4 ? -100 : 100);
    await page.keyboard.up('Control');
  });
  await page.locator('.map-view').focus();
  for (const level of ['64 KiB', '1 page']) {
    await page.keyboard.press('0');
    await settled(page);
    for (let n = 0; n < 8; n++) {
      const title = (await page.locator('.pane-map .pane-subtitle').textContent()) ?? '';
      if (title.replace(/\u202f/g, ' ').includes(level)) break;
      await page.keyboard.press('+');
      await settled(page);
    }
    await measure(`pan ${level}`, page, session, (i) => page.mouse.wheel(0, i % 20 < 10 ? 300 : -300));
  }
  await measure('select', page, session, (i) => page.mouse.click(box.x + 150 + i * 8, box.y + 60));
  const { heap } = await times(page, session);
  console.log(`JavaScript heap of page, host included: ${(heap / 2 ** 20).toFixed(0)} MiB`);
  await harness.close();
}

void main();
