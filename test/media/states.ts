// States of the panel that look different: each allocator's own picture, and what stands there when something is wrong, asked or compared.

import type { Page } from 'playwright-core';
import { settled } from './harness';
import type { AnyScenario } from './harness-page';
import { capturedBoot, capturedMimalloc, exampleMalloc1GiB, memoryMap, oscarBoot, oscarTrace } from './scenarios';

export const BBUDDY = '0.17.0-x86_64-bbuddy-64M';

export interface PanelCase {
  readonly name: string;
  readonly scenario: () => AnyScenario;
  /** Typed into the search box one after the other. */
  readonly go?: readonly string[];
  /** Typed into the box of the allocator's own pane. */
  readonly probe?: string;
}

/** Every allocator's own picture, with a question asked of it. */
export const OWN: readonly PanelCase[] = [
  { name: 'bbuddy', scenario: () => capturedBoot(BBUDDY), go: ['step 50', '0x188000'] },
  { name: 'tlsf', scenario: () => capturedBoot('0.17.0-x86_64-tlsf-64M'), go: ['step 50', '0x48260'], probe: '2500' },
  { name: 'tinyalloc', scenario: () => capturedBoot('0.17.0-x86_64-tinyalloc-64M'), go: ['step 50'], probe: '2500' },
  { name: 'region', scenario: () => capturedBoot('0.17.0-x86_64-region-64M'), go: ['step 50', '0x43f68'], probe: '20000' },
  { name: 'mimalloc', scenario: capturedMimalloc, go: ['step 35', '0x10830000'] },
  { name: 'oscar', scenario: oscarBoot, go: ['step 35', '0x10004000'] },
  { name: 'oscar with owners', scenario: oscarTrace, go: ['step 40', '0x10013000'], probe: '0x40000007f08' },
];

export const CORRUPT: PanelCase = {
  name: 'corrupt',
  scenario: () => ({ of: capturedBoot(BBUDDY), step: 50, words: [['0x14000', '0x188000']] as const }),
  go: ['0x14000'],
};

export const NO_HEAP: PanelCase = {
  name: 'no heap',
  scenario: () => memoryMap([{ pbase: '0x100000', len: '0x4000', type: 'RESERVED', flags: ['READ'] }]),
};

/** A heap that nothing was asked of yet; one of which the dump holds a part; stops of a session. */
export const OTHERS: readonly PanelCase[] = [
  CORRUPT,
  NO_HEAP,
  {
    name: 'empty heap',
    scenario: () => memoryMap([{ pbase: '0x100000', len: '0x100000', type: 'FREE', flags: ['READ', 'WRITE'] }]),
  },
  { name: 'partial', scenario: () => ({ of: capturedBoot(BBUDDY), step: 50, words: [], keep: [['0x0', '0x180000']] as const }) },
  { name: 'no region list', scenario: () => ({ calls: 1000, asDump: true }) },
  { name: 'refused malloc', scenario: exampleMalloc1GiB },
  {
    name: 'running',
    scenario: () => ({
      of: capturedBoot(BBUDDY),
      step: 50,
      words: [],
      live: { stop: 'stop of 09:14:07', stale: 'running · shown is 09:14:07' },
    }),
  },
  {
    name: 'reading',
    scenario: () => ({
      of: capturedBoot(BBUDDY),
      step: 50,
      words: [],
      live: { stop: 'stop of 09:14:07', reading: { bytes: 38_254_182, of: 65_955_430 } },
    }),
  },
];

/** Types what a case is about. */
export async function prepare(page: Page, { go = [], probe }: PanelCase): Promise<void> {
  for (const text of go) {
    await page.locator('#search').fill(text);
    await page.locator('#search').press('Enter');
    await settled(page);
  }
  await page.locator('#search').fill('');
  if (probe !== undefined) await page.locator('.probe-input').fill(probe);
  await settled(page);
}
