// Once through the whole panel by keyboard alone: every key that the list of keys names, and every pane by the keys that are its own.

import assert from 'node:assert/strict';
import { HeapView, plain } from '../support/heap-view';
import { SOON, windowForSuite } from '../support/window';

const INPUT = 'paged-0.17.ukboot.json';

describe('heap view by keyboard alone', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await suite.get().page.keyboard.press(key);
  };
  const counted = (selector: string, count: number): Promise<unknown> => {
    const all = suite.get().panel.locator(selector);
    return panel().until(() => all.count(), (n) => n === count, `${String(count)} of ${selector}`); // prettier-ignore
  };
  const subtitle = async (): Promise<string> => plain(await suite.get().panel.locator('.pane-map .pane-subtitle').innerText());
  const changes = async (read: () => Promise<string>, key: string): Promise<string> => {
    const before = await read();
    await press(key);
    return await panel().until(read, (now) => now !== before, `another than ${before} by ${key}`);
  };
  const selects = (key: string, address: string): Promise<void> => press(key).then(() => panel().selectedAt(address));

  /** What the list of keys says, and a way to see that it is so. */
  const KEYS: Readonly<Record<string, (() => Promise<unknown>) | undefined>> = {
    '.  ,': async () => {
      const before = await panel().step();
      const next = await changes(() => panel().step(), ',');
      assert.notEqual(next, before);
      await press('.');
      await panel().stepAt(new RegExp(`^${before}$`));
    },
    'Shift+.  Shift+,': async () => {
      const before = await panel().step();
      assert.equal(await changes(() => panel().step(), 'Shift+,'), String(Number(before) - 1));
      assert.equal(await changes(() => panel().step(), 'Shift+.'), before);
    },
    'Home  End': async () => {
      await panel().toPane('timeline');
      await press('Home');
      await panel().stepAt(/^0$/);
      await press('End');
      await panel().stepAt(/^34$/);
    },
    Space: async () => {
      await panel().toPane('timeline');
      await press('Home');
      await panel().stepAt(/^0$/);
      await press('Space');
      await panel().stepOtherThan('0');
      await press('Space');
      await suite.get().panel.getByRole('button', { name: 'Play', exact: true }).waitFor();
      await press('End');
      await panel().stepAt(/^34$/);
    },
    '← → ↑ ↓': async () => {
      await panel().goTo('0x184000');
      await panel().toPane('map');
      // Four cells of a page each, then another block.
      await press('ArrowRight', 'ArrowRight', 'ArrowRight');
      await selects('ArrowRight', '0x188000');
      await selects('ArrowLeft', '0x184000');
      for (const key of ['ArrowDown', 'ArrowUp']) await changes(() => panel().selected(), key);
    },
    'Ctrl+← Ctrl+→': async () => {
      await panel().goTo('0x184000');
      await panel().toPane('map');
      await selects('Control+ArrowRight', '0x188000');
      await selects('Control+ArrowLeft', '0x184000');
    },
    'n  p': async () => {
      await panel().goTo('0x3fd8000');
      await panel().toPane('map');
      await selects('n', '0x184000');
      await selects('p', '0x3fd8000');
    },
    b: async () => {
      await panel().goTo('0x188000');
      await panel().toPane('map');
      const buddy = await changes(() => panel().selected(), 'b');
      assert.ok(BigInt(buddy) < 0x188000n, buddy);
    },
    l: async () => {
      await panel().goTo('0x188000');
      await panel().toPane('map');
      await changes(() => panel().step(), 'l');
      assert.match(await panel().answer(), /was last written by step \d+/);
      await panel().go('step 34');
      await panel().stepAt(/^34$/);
    },
    'm  Shift+M  F2': async () => {
      for (const address of ['0x188000', '0x14000']) {
        await panel().goTo(address);
        await panel().toPane('map');
        await press('m');
      }
      await counted('.bookmarks li', 2);
      await selects('Shift+M', '0x188000');
      await press('F2');
      await suite.get().panel.locator('.bookmark-name:focus').waitFor();
      await suite.get().page.keyboard.type('kept');
      await press('Enter');
      await suite
        .get()
        .panel.locator('.bookmarks li', { hasText: '0x188000' })
        .locator('.bookmark-label', { hasText: 'kept' })
        .waitFor();
      await press('m');
      await counted('.bookmarks li', 1);
    },
    'k  v': async () => {
      await press('k');
      await suite.get().panel.getByRole('button', { name: 'Pin this step', pressed: true }).waitFor();
      await changes(() => panel().step(), 'Shift+,');
      await press('v');
      await suite.get().panel.getByRole('region', { name: 'Compare' }).waitFor();
      await press('v');
      await suite.get().panel.getByRole('region', { name: 'Map', exact: true }).waitFor();
      await press('Shift+.');
      await panel().stepAt(/^34$/);
    },
    // By mouse, as it says: test/media/time.test.ts.
    'Ctrl+click, drag': undefined,
    // This heap has nothing to report, so nothing moves; with findings: states.test.ts.
    'F8  Shift+F8': async () => {
      await panel().goTo('0x188000');
      await press('F8', 'Shift+F8');
      assert.equal(await panel().selected(), '0x188000');
    },
    'Alt+←  Alt+→': async () => {
      await panel().goTo('0x188000');
      await panel().goTo('0x14000');
      await selects('Alt+ArrowLeft', '0x188000');
      await selects('Alt+ArrowRight', '0x14000');
    },
    'Ctrl+G  Ctrl+F': async () => {
      for (const key of ['Control+g', 'Control+f']) {
        await panel().toPane('map');
        await press(key);
        await suite.get().panel.locator('#search:focus').waitFor();
      }
    },
    '+  −  0': async () => {
      await panel().toPane('map');
      const fitted = await subtitle();
      await changes(subtitle, 'Minus');
      await changes(subtitle, 'Shift+Equal');
      await changes(subtitle, 'Shift+Equal');
      await press('0');
      await panel().until(subtitle, (now) => now === fitted, fitted);
    },
    'h  c': async () => {
      const hilbert = suite.get().panel.getByRole('button', { name: 'Hilbert curve' });
      await changes(async () => String(await hilbert.getAttribute('aria-pressed')), 'h');
      await changes(async () => String(await hilbert.getAttribute('aria-pressed')), 'h');
      const colours = suite.get().panel.getByRole('combobox', { name: 'Colour by' });
      for (let n = 0; n < 4; n++) await changes(() => colours.inputValue(), 'c');
    },
    Enter: async () => {
      // A block in a fold of the map: its rows are there once it is open.
      await panel().goTo('0x1000000');
      await panel().toPane('map');
      const height = async (): Promise<string> => String(await panel().map.evaluate((e) => e.scrollHeight));
      const folded = Number(await height());
      assert.ok(Number(await changes(height, 'Enter')) > folded);
      await changes(height, 'Enter');
    },
    'F6  Shift+F6': async () => {
      await panel().toPane('toolbar');
      const order = ['search', 'strip', 'steps', 'map', 'lists', 'selected', 'marked', 'explain', 'metrics', 'timeline', 'log', 'toolbar']; // prettier-ignore
      for (const [n, name] of order.entries()) {
        await press('F6');
        assert.equal(await panel().focusedPaneOtherThan(order[n - 1] ?? 'toolbar'), name);
      }
      await press('Shift+F6');
      assert.equal(await panel().focusedPaneOtherThan('toolbar'), 'log');
    },
    z: async () => {
      await panel().toPane('map');
      await press('z');
      await counted('.pane-lists', 0);
      await press('z');
      await counted('.pane-lists', 1);
    },
    Esc: async () => {
      await panel().goTo('0x188000');
      await panel().type('free');
      await panel().until(() => panel().answer(), (said) => /of \d+ blocks/.test(said), 'a count'); // prettier-ignore
      await panel().toPane('map');
      await press('v');
      await suite.get().panel.getByRole('region', { name: 'Compare' }).waitFor();
      await press('Escape');
      await panel().until(() => panel().search.inputValue(), (text) => text === '', 'no filter'); // prettier-ignore
      await suite.get().panel.getByRole('region', { name: 'Compare' }).waitFor();
      await press('Escape');
      await suite.get().panel.getByRole('region', { name: 'Map', exact: true }).waitFor();
      assert.equal(await panel().selected(), '0x188000');
      await press('Escape');
      await panel().selectedAt('');
    },
  };

  it('from the file to the panel', async function () {
    const { page, quickInput, lines } = suite.get();
    for (const last = Date.now() + SOON; (await quickInput.count()) === 0;) {
      assert.ok(Date.now() < last, 'Ctrl+P opens');
      await press('Control+p');
      await quickInput.waitFor({ timeout: 2000 }).catch(() => undefined);
    }
    await page.keyboard.type(INPUT);
    await quickInput.locator('.monaco-list-row.focused', { hasText: INPUT }).waitFor();
    await press('Enter');
    await lines.first().waitFor();
    await press('F1');
    await page.keyboard.type('Simulate ukboot');
    await quickInput.locator('.monaco-list-row.focused', { hasText: 'Simulate ukboot' }).waitFor();
    await press('Enter');
    await panel().lists.first().waitFor();
    await suite
      .get()
      .panel.locator('body')
      .evaluate((body) => body.addEventListener('pointerdown', () => (body.dataset.pointed = 'yes'), true));
  });

  it('? lists the keys, and Esc hides them', async () => {
    await panel().go('step 34');
    await panel().end();
    await panel().toPane('map');
    await press('Shift+?');
    const dialog = suite.get().panel.getByRole('dialog', { name: 'Keys' });
    await dialog.waitFor();
    const blanks = (texts: readonly string[]): string[] => texts.map((t) => t.replace(/\s+/g, ' ').trim());
    assert.deepEqual(blanks(await dialog.locator('dt').allInnerTexts()), blanks(Object.keys(KEYS)));
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  for (const [keys, works] of Object.entries(KEYS)) if (works !== undefined) it(`${keys} does what the list says`, works);

  it('every pane by the keys that are its own', async () => {
    const { page, panel: frame } = suite.get();
    await panel().toPane('toolbar');
    // Restart is first; arrows go on, Enter presses.
    await press('Home', 'Enter');
    await panel().stepAt(/^0$/);
    for (let n = 0; n < 5; n++) await press('ArrowRight');
    await press('Enter');
    await panel().stepAt(/^34$/);
    await press('ArrowRight', 'ArrowRight');
    const speed = frame.getByRole('combobox', { name: 'Operations a second while playing' });
    await speed.and(frame.locator(':focus')).waitFor();
    await page.keyboard.type('fastest');
    await panel().until(() => speed.inputValue(), (value) => value === '0', 'the fastest speed'); // prettier-ignore

    await panel().toPane('strip');
    await press('Home', 'ArrowRight', 'ArrowRight', 'Enter');
    await frame.locator('.region.selected').getByText(/at 0x12000/).waitFor(); // prettier-ignore

    await panel().toPane('steps');
    await press('ArrowUp', 'ArrowUp', 'Enter');
    const before = await panel().stepOtherThan('34');
    await panel().toPane('lists');
    await press('Home');
    // Empty lists have no member to stop at.
    const member = frame.locator('.member:focus');
    for (let n = 0; n < 12 && (await member.count()) === 0; n++) await press('ArrowDown');
    const address = (await member.innerText()).trim();
    await selects('Enter', address);
    await panel().toPane('selected');
    await frame.locator('[data-pane="selected"] :focus').waitFor();
    await panel().toPane('timeline');
    await press('ArrowRight');
    const after = await panel().stepOtherThan(before);
    await panel().toPane('log');
    await press('PageUp', 'Enter');
    await panel().stepOtherThan(after);
  });

  it('a sash is moved and a pane folded; no pointer was needed for anything', async () => {
    const { panel: frame } = suite.get();
    const sash = frame.getByRole('separator', { name: 'Width of steps' });
    await panel().toPane('steps');
    for (let n = 0; n < 8 && !(await sash.evaluate((e) => e === e.ownerDocument.activeElement)); n++) await press('Tab');
    const size = async (): Promise<string> => String(await sash.getAttribute('aria-valuenow'));
    const width = Number(await size());
    assert.equal(Number(await changes(size, 'ArrowRight')), width + 16);
    assert.equal(Number(await changes(size, 'ArrowLeft')), width);
    await press('Tab');
    await frame.getByRole('button', { name: 'Map, open' }).and(frame.locator(':focus')).waitFor(); // prettier-ignore
    await press('Enter');
    await frame.getByRole('button', { name: 'Map, folded' }).and(frame.locator(':focus')).waitFor(); // prettier-ignore
    await press('Enter');
    await frame.getByRole('button', { name: 'Map, open' }).waitFor();
    assert.equal(await frame.locator('body').getAttribute('data-pointed'), null);
  });
});
