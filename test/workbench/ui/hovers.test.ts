// Hovers as they are drawn, in each kind of file.

import assert from 'node:assert/strict';
import { windowForSuite } from '../support/window';

describe('hovers in the window', () => {
  const suite = windowForSuite();

  const cases: readonly (readonly [file: string, line: number, on: string, expected: RegExp])[] = [
    ['paged-0.17.ukboot.json', 1, '"pbase": "0x1000"', /Region 0 · KERNEL/],
    ['classic-0.10.ukboot.json', 1, '"base"', /Region 0/],
    ['gdb-0.17.0-x86_64-bbuddy.txt', 56, 'pbase = 4096', /Region 0 · KERNEL/],
    ['boot-0.17.log', 92, '000000001000-000000002000', /Region 0 · KERNEL/],
    ['board.c', 6, '.pbase = BOARD_RAM_BASE', /Region 0 · FREE/],
  ];
  for (const [file, line, on, expected] of cases) {
    it(`${file}: a region is explained`, async () => {
      const window = suite.get();
      await window.openFile(file, line);
      const text = await window.hoverOn(on);
      assert.match(text, expected);
      assert.match(text, /end exclusive/);
      assert.match(text, /Length\s+0x[0-9a-f]+\s+.*B/);
      assert.match(text, /Simulate ukboot/);
      assert.ok(!/\$\(|\\|&#/.test(text), `no markup is left over: ${text}`);
    });
  }

  const follow = async (link: string): Promise<void> =>
    await suite.get().page.locator('.monaco-hover:visible a', { hasText: link }).click();

  it('links of a good region: copied as JSON, shown in the heap view', async () => {
    const window = suite.get();
    await window.openFile('paged-0.17.ukboot.json');
    await window.hoverOn('"pbase": "0x180000"');
    const [hover, link] = await Promise.all(
      ['.monaco-hover:visible', '.monaco-hover:visible a >> text=Copy as JSON'].map((l) =>
        window.page.locator(l).first().boundingBox(),
      ),
    );
    assert.ok(link!.y + link!.height <= hover!.y + hover!.height, 'the links are seen without scrolling');
    await follow('Copy as JSON');
    await window.toast(/Copied as JSON: region 9/).waitFor();
    await window.hoverOn('"pbase": "0x180000"');
    await follow('Show region 9 in heap view');
    await window.panel.getByRole('heading', { level: 1 }).waitFor();
    await window.panel.locator('.pane-selected').getByText('0x0018 0000').first().waitFor();
  });

  it('a broken one leads to the rule that it breaks', async () => {
    const window = suite.get();
    await window.closeAll();
    await window.openFile('board.c');
    await window.hoverOn('.pbase = 0x');
    await follow('Show the rule');
    await window.page.locator('.tab.active', { hasText: 'Rules for region' }).waitFor();
    const page = window.page.locator('iframe.webview.ready').last().contentFrame().locator('#active-frame').contentFrame();
    await page.getByRole('heading', { name: 'Page count and length fit each other' }).waitFor();
    await window.closeAll();
  });

  it('the link in a hover simulates', async () => {
    const window = suite.get();
    await window.openFile('paged-0.17.ukboot.json');
    await window.hoverOn('"pbase": "0x1000"');
    await window.page.locator('.monaco-hover:visible a', { hasText: 'Simulate ukboot' }).click();
    await window.panel.getByRole('heading', { level: 1 }).waitFor();
  });
});
