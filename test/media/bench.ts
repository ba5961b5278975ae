// Measures the panel in a real browser: heaps of a million blocks, opened, scrolled and zoomed: `npx tsx test/media/bench.ts [BLOCKS]`.
// One is made up, one is made by a workload, one is that heap's memory opened as an imported dump.
//
// Host and client share one thread here, unlike in VS Code; the host's time is measured apart and taken out. What is left is what the
// webview's main thread does a frame: taking the message apart, updating the page, drawing. Software rendering adds its raster time,
// which is traced in frames of their own, since tracing costs too. Memory of the client is what is left when the host lets go of the heap.

import type { Browser, CDPSession, Page } from 'playwright-core';
import { Harness, settled } from './harness';
import type { AnyScenario } from './harness-page';

const BLOCKS = Number(process.argv[2] ?? 1_000_000);
const FRAMES = 40;
const TRACED = 15;

interface Times {
  readonly script: number;
  readonly layout: number;
  readonly host: number;
}

async function metric(session: CDPSession, ...names: readonly string[]): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return names.reduce((sum, name) => sum + (metrics.find((m) => m.name === name)?.value ?? 0), 0);
}

async function times(page: Page, session: CDPSession): Promise<Times> {
  return {
    script: (await metric(session, 'ScriptDuration')) * 1000,
    layout: (await metric(session, 'LayoutDuration', 'RecalcStyleDuration')) * 1000,
    host: await page.evaluate(() => window.harness.hostTime),
  };
}

/** Middle and last of a list, as `3.1 ms, worst 8.0 ms`. */
function spread(list: readonly number[]): string {
  const sorted = [...list].sort((a, b) => a - b);
  return `median ${sorted[sorted.length >> 1]!.toFixed(1)} ms, worst ${sorted.at(-1)!.toFixed(1)} ms`;
}

/** Milliseconds of the client's main thread a frame, and those of rasterising. */
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
  const raster = await rasterTime(page, act);
  console.log(`  ${name.padEnd(11)} client ${spread(client)} · host ${spread(host)} · raster ${raster.toFixed(1)} ms a frame`);
}

async function rasterTime(page: Page, act: (i: number) => Promise<void>): Promise<number> {
  const browser: Browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'cc'] });
  for (let i = 0; i < TRACED; i++) {
    await act(i);
    await settled(page);
  }
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: { name: string; ph: string; dur?: number }[];
  };
  const raster = trace.traceEvents.filter((e) => e.ph === 'X' && (e.name === 'RasterTask' || e.name === 'Paint'));
  return raster.reduce((sum, e) => sum + (e.dur ?? 0), 0) / 1000 / TRACED;
}

async function zoomTo(page: Page, level: string): Promise<void> {
  await page.keyboard.press('0');
  await settled(page);
  for (let n = 0; n < 8; n++) {
    const title = (await page.locator('.pane-map .pane-subtitle').textContent()) ?? '';
    if (title.replace(/\u202f/g, ' ').includes(level)) return;
    await page.keyboard.press('+');
    await settled(page);
  }
}

/** Everything of one heap. @param levels cells at which it is scrolled, as the map's title has them */
async function bench(harness: Harness, name: string, scenario: AnyScenario, levels: readonly string[]): Promise<void> {
  const page = await harness.open(scenario, 'dark', 1400, 843);
  const { making, opening, shown } = await page.evaluate(() => ({ ...window.made, shown: window.harness.firstPaint }));
  const blocks = await page.evaluate(() => window.harness.view.snapshot?.blocks.length ?? 0);
  const opened = opening > 0 ? `, opened and decoded in ${opening.toFixed(0)} ms` : '';
  console.log(
    `${name}: ${String(blocks)} blocks, made in ${making.toFixed(0)} ms${opened}; panel painted ${shown.toFixed(0)} ms later`,
  );
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
  for (const level of levels) {
    await zoomTo(page, level);
    await measure(`pan ${level}`, page, session, (i) => page.mouse.wheel(0, i % 20 < 10 ? 300 : -300));
  }
  await measure('select', page, session, (i) => page.mouse.click(box.x + 150 + i * 8, box.y + 60));
  await page.keyboard.press('h');
  await settled(page);
  await measure('curve', page, session, (i) => page.mouse.click(box.x + 150 + i * 8, box.y + 60));
  await page.evaluate(() => window.harness.forget());
  await session.send('HeapProfiler.collectGarbage');
  const heap = await metric(session, 'JSHeapUsedSize');
  console.log(`  memory of the client: ${(heap / 2 ** 20).toFixed(0)} MiB of JavaScript heap`);
  await page.close();
}

async function main(): Promise<void> {
  const harness = await Harness.start();
  try {
    await bench(harness, 'made up', { blocks: BLOCKS }, ['64 KiB', '1 page']);
    await bench(harness, 'workload', { calls: BLOCKS, asDump: false }, ['64 KiB', '1 KiB']);
    await bench(harness, 'imported', { calls: BLOCKS, asDump: true }, ['64 KiB', '1 KiB']);
  } finally {
    await harness.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
