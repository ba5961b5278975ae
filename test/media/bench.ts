// Measures the panel in a real browser: `npm run bench:panel [BLOCKS]`. Heaps of a million blocks (made up; made by a workload; that
// heap's memory opened as an imported dump) are opened, zoomed, scrolled and selected in; then a timeline of ten million operations is
// opened and dragged along.
//
// Host and client are two pages in two processes, as extension host and webview are; what they say to each other is copied on the way.
// Times are processor time of the main thread of each, so that another program on the same machine does not count, although it makes
// caches cold. Of each input counts the frame of the screen that cost most: all that the client's main thread did since the frame
// before it, that is hearing, taking a message apart, updating the page, layout, painting. A browser that renders in software also
// rasterises canvases there, which is told beside it. All this is traced, and tracing costs, too.

import type { Page } from 'playwright-core';
import { Meter, memoryOf } from './bench/meter';
import type { Measured } from './bench/host';
import { Pages, settled } from './bench/pages';
import { traced } from './bench/trace';

const BLOCKS = Number(process.argv[2] ?? 1_000_000);
/** Beginning of the name of what alone is measured. */
const only = process.argv[3];
const FRAMES = 40;
const MIB = 2 ** 20;

/** Middle and last of a list. */
function spread(list: readonly number[]): string {
  const sorted = [...list].sort((a, b) => a - b);
  const text = (ms: number) => Math.max(0, ms).toFixed(1).padStart(5);
  return `${text(sorted[sorted.length >> 1]!)} / ${text(sorted.at(-1)!)}`;
}

/** One heap or timeline in its two pages. */
class Bench {
  private readonly client: Meter;
  private readonly host: Meter;
  private process: number | undefined;
  readonly page: Page;
  readonly hostPage: Page;

  private constructor(page: Page, hostPage: Page, client: Meter, host: Meter) {
    this.page = page;
    this.hostPage = hostPage;
    this.client = client;
    this.host = host;
  }

  static async open(pages: Pages, name: string, measured: Measured): Promise<Bench> {
    const hostPage = await pages.host(measured);
    const host = await Meter.on(hostPage);
    const before = await host.spent();
    const page = await pages.blank();
    const client = await Meter.on(page);
    await pages.client(page);
    const [shown, made, blocks] = [
      await page.evaluate(() => window.client.firstPaint),
      await hostPage.evaluate(() => window.made),
      await hostPage.evaluate(() => window.host.view.snapshot?.blocks.length ?? 0),
    ];
    const decoded = made.opening > 0 ? `, opened and decoded in ${made.opening.toFixed(0)} ms` : '';
    console.log(`${name}: ${String(blocks)} blocks, made in ${made.making.toFixed(0)} ms${decoded}`);
    console.log(
      `  opening       on screen ${shown.toFixed(0)} ms after the page was asked for; client ${(await client.spent()).toFixed(0)} ms, host ${((await host.spent()) - before).toFixed(0)} ms`,
    );
    return new Bench(page, hostPage, client, host);
  }

  async measure(name: string, act: (i: number) => Promise<void>): Promise<void> {
    const host: number[] = [];
    const { frames, process } = await traced(this.page, FRAMES, async (i) => {
      const before = await this.host.spent();
      await act(i);
      await settled(this.page);
      host.push((await this.host.spent()) - before);
    });
    this.process = process;
    const [work, raster] = [frames.map((f) => f.work), frames.map((f) => f.raster)];
    const worst = frames.reduce((a, b) => (a.work > b.work ? a : b));
    const parts = Object.entries(worst.parts).map(([part, ms]) => `${part} ${ms.toFixed(0)}`);
    console.log(`  ${name.padEnd(13)} client ${spread(work)} · canvas raster ${spread(raster)} · host ${spread(host)} · worst: ${parts.join(', ')}`); // prettier-ignore
  }

  async close(): Promise<void> {
    const heap = await this.client.heap();
    const memory = this.process === undefined ? undefined : memoryOf(this.process);
    const told = memory && `; process ${(memory.own / MIB).toFixed(0)} MiB of its own, ${(memory.share / MIB).toFixed(0)} MiB with its part of what is shared`; // prettier-ignore
    console.log(`  memory        client ${(heap / MIB).toFixed(0)} MiB of JavaScript${told ?? ''}`);
    await this.page.close();
    await this.hostPage.close();
  }
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

/** @param levels cells at which the heap is scrolled, as the map's title has them */
async function heap(pages: Pages, name: string, measured: Measured, levels: readonly string[]): Promise<void> {
  const bench = await Bench.open(pages, name, measured);
  const { page } = bench;
  const box = (await page.locator('.map-view').boundingBox())!;
  await page.mouse.move(box.x + 300, box.y + 100);
  await bench.measure('zoom', async (i) => {
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, i % 8 < 4 ? -100 : 100);
    await page.keyboard.up('Control');
  });
  await page.locator('.map-view').focus();
  for (const level of levels) {
    await zoomTo(page, level);
    await bench.measure(`pan ${level}`, (i) => page.mouse.wheel(0, i % 20 < 10 ? 300 : -300));
  }
  await bench.measure('select', (i) => page.mouse.click(box.x + 150 + i * 8, box.y + 60));
  await page.keyboard.press('h');
  await settled(page);
  await bench.measure('curve', (i) => page.mouse.click(box.x + 150 + i * 8, box.y + 60));
  await outline(bench.hostPage);
  await bench.close();
}

/** What the tree in the side bar asks for at each step. */
async function outline(host: Page): Promise<void> {
  const { nodes, list } = await host.evaluate(() => {
    const list: number[] = [];
    let nodes = 0;
    for (let i = 0; i < 9; i++) {
      const from = performance.now();
      const roots = window.host.view.outline();
      list.push(performance.now() - from);
      nodes = roots.flatMap((r) => r.children).reduce((sum, n) => sum + 1 + n.children.length, roots.length);
    }
    return { nodes, list };
  });
  console.log(`  outline       host ${spread(list)} ms on the clock for ${String(nodes)} nodes`);
}

async function timeline(pages: Pages): Promise<void> {
  const bench = await Bench.open(pages, 'timeline of ten million operations', 'timeline');
  const { page } = bench;
  const box = (await page.locator('.timeline-slider').boundingBox())!;
  // The golden ratio visits every part of the run.
  await bench.measure('seek', (i) => page.mouse.click(box.x + 90 + ((i * 0.618) % 1) * (box.width - 110), box.y + 40));
  await bench.measure('step', () => page.keyboard.press('.'));
  await bench.close();
}

async function main(): Promise<void> {
  const pages = await Pages.start();
  const wanted = (name: string) => only === undefined || name.startsWith(only);
  console.log('milliseconds of processor time a frame, median / worst');
  try {
    if (wanted('made up')) await heap(pages, 'made up', { blocks: BLOCKS }, ['64 KiB', '1 page']);
    if (wanted('workload')) await heap(pages, 'workload', { calls: BLOCKS, asDump: false }, ['1 page', '1 KiB']);
    if (wanted('imported')) await heap(pages, 'imported', { calls: BLOCKS, asDump: true }, ['1 page', '1 KiB']);
    if (wanted('timeline')) await timeline(pages);
  } finally {
    await pages.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
