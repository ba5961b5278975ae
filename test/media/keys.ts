// What a person types into the panel, and what they read off it, for tests.

import type { Page } from 'playwright-core';
import { settled } from './harness';

export const CAPTURE = '0.17.0-x86_64-bbuddy-64M';
export const plain = (text: string | null) => (text ?? '').replace(/[\u202f\u00a0]/g, ' ');

export async function go(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+g');
  await page.locator('#search').fill(text);
  await page.keyboard.press('Enter');
  await settled(page);
}

export async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await page.keyboard.press(key);
    await settled(page);
  }
}

export const step = async (page: Page) => plain(await page.locator('.moment').textContent());
export const metric = async (page: Page, id: string) => plain(await page.locator(`[data-metric=${id}]`).textContent());
export const selected = async (page: Page) => plain(await page.locator('.selected-range').textContent());
/** The grid for screen readers follows when the map stands still. */
export const read = (page: Page, text: RegExp) =>
  page.locator('#map-selected').filter({ hasText: text }).waitFor({ state: 'attached' });
export const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane') ?? '');
