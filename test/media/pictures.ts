// Takes the pictures of the panel for docs/heap-view.md, from captured boots: `npx tsx test/media/pictures.ts [NAME…]`, which
// `npm run screenshots` runs too. Each is what the panel draws in a browser with the theme's variables, palette-quantised.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled } from './harness';
import type { AnyScenario, Scenario } from './harness-page';
import { withPalette } from './palette-png';
import { capturedBoot, capturedDump, capturedMimalloc, exampleBoot, exampleMalloc1GiB, memoryMap, oscarTrace } from './scenarios';
import type { Theme } from './themes';
import { forWalkthrough } from './walkthrough';

const FOLDER = resolve(__dirname, '../../docs/images/panel');
const BBUDDY = '0.17.0-x86_64-bbuddy-64M';

interface Picture {
  readonly name: string;
  readonly scenario: () => AnyScenario;
  readonly theme?: Theme;
  readonly size?: readonly [width: number, height: number];
  /** Typed into the search box one after the other, then keys on the map. */
  readonly go?: readonly string[];
  readonly keys?: readonly string[];
  /** Part of the panel instead of all of it. */
  readonly only?: string;
  readonly act?: (page: Page) => Promise<void>;
  /** As seen with this deficiency. */
  readonly seenWith?: 'deuteranopia';
}

const MAIN_3 = ['step 50', '0x188000'];
const main = (name: string, change: Partial<Picture>): Picture => ({
  name,
  scenario: () => capturedBoot(BBUDDY),
  go: MAIN_3,
  ...change,
});

/** A pane in the place of the others. */
const maximise = (page: Page, pane: string) => page.locator(`.pane-${pane} .maximise`).click();

const tlsf = (name: string, theme: Theme): Picture => ({
  name,
  theme,
  scenario: () => capturedBoot('0.17.0-x86_64-tlsf-64M'),
  go: ['step 50', '0x48260'],
  act: async (page) => {
    await maximise(page, 'lists');
    await page.locator('.probe-input').fill('2500');
  },
});

const mimalloc = (name: string, theme: Theme): Picture => ({
  name,
  theme,
  scenario: capturedMimalloc,
  go: ['step 35', '0x10830000'],
  act: (page) => maximise(page, 'lists'),
});

/** The recorded run of the design's picture: the frame that #25 is on, and the dead pointer of #4. */
const oscar = (name: string, theme: Theme): Picture => ({
  name,
  theme,
  scenario: oscarTrace,
  go: ['step 40', '0x10013000'],
  act: async (page) => {
    await maximise(page, 'lists');
    await page.locator('.probe-input').fill('0x40000007f08');
  },
});

/** A bump pointer with what it has passed, and what comes next. */
const region = (name: string, theme: Theme): Picture => ({
  name,
  theme,
  scenario: () => capturedBoot('0.17.0-x86_64-region-64M'),
  go: ['step 50', '0x506b8'],
  act: async (page) => {
    await maximise(page, 'lists');
    await page.locator('.probe-input').fill('20000');
  },
});

/** A malloc that three free blocks are too small for. */
const tinyalloc = (name: string, theme: Theme): Picture => ({
  name,
  theme,
  scenario: () => capturedBoot('0.17.0-x86_64-tinyalloc-64M'),
  go: ['step 50', '0x720c0'],
  act: async (page) => {
    await maximise(page, 'lists');
    await page.locator('.probe-input').fill('6000');
  },
});

/** A free list of the captured heap whose second chunk points back to the first. */
const LOOP = { of: capturedBoot(BBUDDY), step: 50, words: [['0x14000', '0x188000']] as const };
/** A dump that holds the first region only. */
const PART = { of: capturedBoot(BBUDDY), step: 50, words: [], keep: [['0x0', '0x180000']] as const };

/** The heap of a program under a debugger, of which the panel shows the last stop. */
const LIVE = { of: capturedBoot(BBUDDY), step: 50, words: [] as const };

const PICTURES: readonly Picture[] = [
  main('main-dark', {}),
  main('main-light', { theme: 'light' }),
  main('main-high-contrast', { theme: 'highContrast' }),
  main('main-high-contrast-light', { theme: 'highContrastLight' }),
  main('main-2000', { size: [2000, 900] }),
  main('narrow-420', { size: [420, 843] }),
  main('beside-editor', { size: [600, 1100] }),
  main('deuteranopia', { seenWith: 'deuteranopia' }),
  main('zoom-bytes', { go: ['step 50', '0x18b000'], keys: ['+'] }),
  {
    name: 'zoom-bytes-dump',
    scenario: () => ({
      ...capturedDump(BBUDDY, 'mem/ram-main-3.bin'),
      state: { layout: { sizes: {}, folded: ['lists'], maximised: 'map' } },
    }),
    go: ['0x18b000'],
    keys: ['+'],
  },
  main('zoom-aggregated', { keys: ['-'] }),
  main('hilbert', { keys: ['h'] }),
  main('colour-size', { keys: ['c'], only: '.pane-map' }),
  main('colour-age', { keys: ['c', 'c'], only: '.pane-map' }),
  main('colour-owner', { keys: ['c', 'c', 'c'], only: '.pane-map' }),
  { name: 'million-blocks', scenario: () => ({ blocks: 1_000_000 }) },
  {
    name: 'zoom-out-4gib',
    scenario: () => ({ fragmented: true, state: { layout: { sizes: {}, folded: ['lists'] } } }),
    go: ['0x1004160000'],
  },
  main('buddy-lists', { only: '.pane-lists' }),
  main('time', { only: '.timeline' }),
  tlsf('tlsf-request', 'dark'),
  tlsf('tlsf-high-contrast', 'highContrast'),
  { name: 'mimalloc-segments', scenario: capturedMimalloc, go: ['step 35'] },
  mimalloc('mimalloc-page', 'dark'),
  mimalloc('mimalloc-light', 'light'),
  tinyalloc('tinyalloc-lists', 'dark'),
  region('region-pointer', 'dark'),
  region('region-high-contrast', 'highContrast'),
  oscar('oscar-shadows', 'dark'),
  main('compare', { act: compareMain2And3 }),
  main('what-if', { act: compareAllocators, only: '.pane-whatif' }),
  { name: 'region-lost', scenario: () => capturedBoot('0.17.0-x86_64-tlsf-64M'), go: ['0x181000'] },
  { name: 'explain-addmem', ...explained(exampleBoot('scenario-2-region-too-small', '0.18.0'), /0x322000/) },
  { name: 'explain-malloc', ...explained(exampleMalloc1GiB(), /malloc/) },
  { name: 'state-corrupt', scenario: () => LOOP, go: ['0x14000'] },
  { name: 'state-partial', scenario: () => PART },
  {
    name: 'state-running',
    scenario: () => ({ ...LIVE, live: { stop: 'stop of 09:14:07', stale: 'running · shown is 09:14:07' } }),
  },
  {
    name: 'state-reading',
    scenario: () => ({ ...LIVE, live: { stop: 'stop of 09:14:07', reading: { bytes: 38_254_182, of: 65_955_430 } } }),
  },
  {
    name: 'state-no-heap',
    scenario: () => memoryMap([{ pbase: '0x100000', len: '0x4000', type: 'RESERVED', flags: ['READ'] }]),
    size: [1000, 600],
  },
];

/** `main-2` above `main-3`, with the last change selected. */
async function compareMain2And3(page: Page): Promise<void> {
  for (const [step, key] of [
    ['step 44', 'k'],
    ['step 50', 'v'],
  ] as const) {
    await goTo(page, step);
    await page.locator('.map-view').focus();
    await page.keyboard.press(key);
    await settled(page);
  }
  await goTo(page, '0x18a000');
  await page.locator('#search').fill('');
  await settled(page);
}

async function compareAllocators(page: Page): Promise<void> {
  await page.evaluate(() => window.harness.compareAllocators());
  await settled(page);
}

/** A card of the explain pane, in the place of the other panes. */
function explained(scenario: Scenario, title: RegExp): Partial<Picture> & Pick<Picture, 'scenario'> {
  const state = { layout: { sizes: {}, folded: [], maximised: 'explain' } };
  return {
    scenario: () => ({ ...scenario, state }),
    only: '.card',
    size: [760, 1000],
    act: async (page) => {
      const choice = page.getByRole('combobox', { name: 'What to explain' });
      const texts = await choice.locator('option').allTextContents();
      await choice.selectOption({ index: texts.findIndex((t) => title.test(t)) });
    },
  };
}

async function goTo(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+g');
  await page.locator('#search').fill(text);
  await page.keyboard.press('Enter');
  await settled(page);
}

async function take(harness: Harness, picture: Picture): Promise<void> {
  const [width, height] = picture.size ?? [1400, 843];
  const page = await harness.open(picture.scenario(), picture.theme ?? 'dark', width, height);
  for (const text of picture.go ?? []) await goTo(page, text);
  // What was typed is of no interest in a picture.
  if (picture.go !== undefined) await page.locator('#search').fill('');
  if (picture.keys !== undefined) await page.locator('.map-view').focus();
  for (const key of picture.keys ?? []) {
    await page.keyboard.press(key);
    await settled(page);
  }
  await picture.act?.(page);
  await settled(page);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await settled(page);
  if (picture.seenWith !== undefined) {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setEmulatedVisionDeficiency', { type: picture.seenWith });
  }
  const complaints = errorsOf(page);
  if (complaints.length > 0) throw new Error(`${picture.name}: ${complaints.join('\n')}`);
  const shot = picture.only === undefined ? await page.screenshot() : await page.locator(picture.only).screenshot();
  const png = withPalette(shot);
  writeFileSync(join(process.env['PICTURES'] ?? FOLDER, `${picture.name}.png`), png);
  console.log(`docs/images/panel/${picture.name}.png  ${String(Math.round(png.length / 1024))} KiB`);
  const small = await forWalkthrough(page.context().browser()!, picture.name, shot);
  if (small !== undefined) console.log(`media/walkthrough/${small}.webp`);
  await page.close();
}

async function run(names: readonly string[]): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const harness = await Harness.start();
  try {
    for (const picture of PICTURES) if (names.length === 0 || names.includes(picture.name)) await take(harness, picture);
  } finally {
    await harness.close();
  }
}

run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
