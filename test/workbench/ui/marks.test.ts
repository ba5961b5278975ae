// What the last step changed and what is selected: different marks, and each in every pane that shows the block.

import assert from 'node:assert/strict';
import { HeapView } from '../support/heap-view';
import { windowForSuite } from '../support/window';

describe('marks in every pane', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());

  before(async () => {
    await panel().simulate('paged-0.17.ukboot.json');
    await panel().lists.first().waitFor();
  });

  /** Pixels of the map that have a colour of the theme, without what was mixed with another. */
  async function pixelsOf(variable: string): Promise<number> {
    return await panel()
      .frame.locator('.map-canvas')
      .evaluate((canvas, name) => {
        const c = canvas as HTMLCanvasElement;
        const colour = getComputedStyle(c).getPropertyValue(name).trim();
        const probe = new OffscreenCanvas(1, 1).getContext('2d')!;
        probe.fillStyle = colour;
        probe.fillRect(0, 0, 1, 1);
        const wanted = probe.getImageData(0, 0, 1, 1).data;
        const { data } = c.getContext('2d')!.getImageData(0, 0, c.width, c.height);
        let count = 0;
        for (let i = 0; i < data.length; i += 4)
          if (data[i] === wanted[0] && data[i + 1] === wanted[1] && data[i + 2] === wanted[2]) count++;
        return count;
      }, variable);
  }

  it('what a step changed is amber: in the map, in the free lists, in the fields of the block, and among the steps', async () => {
    const { frame } = panel();
    await panel().press('Run to the end');
    await panel().end();
    await panel().press('Back over an operation');
    await panel().stepAt(/^33$/);
    const changed = frame.locator('.lists .member.changed');
    await changed.first().waitFor();
    await panel().until(() => pixelsOf('--vscode-ukboot-changed'), (n) => n > 20, 'amber in the map'); // prettier-ignore
    const colour = await frame.locator('body').evaluate((body) => {
      const probe = body.appendChild(document.createElement('i'));
      probe.style.color = 'var(--vscode-ukboot-changed)';
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });
    const all = await changed.allInnerTexts();
    assert.equal(await changed.first().evaluate((e) => getComputedStyle(e).borderTopColor), colour);
    await changed.first().click();
    await panel().selectedAt(all[0]!.trim());
    const field = frame.locator('.struct .changed td:nth-child(2)').first();
    assert.equal(await field.evaluate((e) => getComputedStyle(e).color), colour);
    const step = frame.locator('.steps-list .virtual-row.step').first();
    assert.equal(await step.evaluate((e) => getComputedStyle(e).borderLeftColor), colour);
  });

  it('what is selected has a mark of its own: in the map, in the free lists and its row, in the regions, in the details', async () => {
    const { frame } = panel();
    const address = await panel().selected();
    await panel().map.focus();
    await suite.get().page.keyboard.press('Escape');
    await panel().selectedAt('');
    const without = await panel().steady(async () => String(await pixelsOf('--vscode-foreground')));
    const member = frame.locator('.lists .member', { hasText: address }).first();
    await member.click();
    await panel().selectedAt(address);
    await panel().until(() => pixelsOf('--vscode-foreground'), (n) => n > Number(without) + 20, 'the double line in the map'); // prettier-ignore
    await frame.locator('#map-selected', { hasText: address }).waitFor({ state: 'attached' });
    await frame.locator('.lists .member.selected.changed', { hasText: address }).waitFor();
    assert.equal(await frame.locator('.lists .member.selected').count(), 1);
    assert.equal(await member.getAttribute('aria-selected'), 'true');
    await frame.locator('.list-row.selected .member', { hasText: address }).waitFor();
    assert.equal(await frame.locator('.region.selected').count(), 1);
  });
});
