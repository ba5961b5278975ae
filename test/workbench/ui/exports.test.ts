// What leaves the heap view, saved by a person: from the palette, and from the menu of a pane.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HeapView } from '../support/heap-view';
import { SOON, WORKSPACE, windowForSuite } from '../support/window';

const INPUT = 'paged-0.17.ukboot.json';

describe('exports in the window', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());

  before(async () => {
    await panel().simulate(INPUT);
    await panel().lists.first().waitFor();
  });

  /** The file that the save dialog proposes, once it is there; `as`: under another name. */
  async function saved(name: string, as?: 'as'): Promise<Buffer> {
    const path = join(WORKSPACE, name);
    const { page, quickInput } = suite.get();
    const box = quickInput.locator('input[type=text]').first();
    await page.getByRole('button', { name: 'OK', exact: true }).waitFor();
    // A dialog that still reads its folder takes no text and no key.
    await panel().until(() => box.inputValue(), (value) => /\.(csv|html|svg|png)$/.test(value), 'the proposed file'); // prettier-ignore
    for (const last = Date.now() + SOON; !existsSync(path);) {
      if (as === 'as' && (await box.inputValue()) !== path) await box.fill(path);
      await box.press('Enter', { timeout: 2000 }).catch(() => undefined);
      for (let n = 0; n < 60 && !existsSync(path); n++) await new Promise((resolve) => setTimeout(resolve, 50));
      assert.ok(Date.now() < last, `${name} is saved`);
    }
    await suite.get().toast(new RegExp(`Saved ${name.replaceAll('.', '\\.')}`)).waitFor(); // prettier-ignore
    return readFileSync(path);
  }

  it('the report, from the palette', async () => {
    await suite.get().command('ukboot: Export Report');
    const html = (await saved('paged-0.17-report.html')).toString('utf8');
    assert.match(html, /<section id="map">/);
    assert.doesNotMatch(html, /<script|https?:\/\//);
  });

  it('the report stands alone in a browser: it asks for nothing, runs nothing, and shows map, steps, log and findings', async () => {
    const page = await suite.get().plainPage();
    const asked: string[] = [];
    const said: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    const file = pathToFileURL(join(WORKSPACE, 'paged-0.17-report.html')).href;
    await page.goto(file);
    assert.equal(await page.locator('script').count(), 0);
    const map = page.locator('#map svg').first();
    assert.ok(((await map.boundingBox())?.height ?? 0) > 100);
    const shown = {
      regions: /0x180000/,
      lists: /0x3fd8000/,
      steps: /availmem/,
      log: /Initialize binary buddy allocator/,
      findings: /\S/,
    };
    for (const [section, text] of Object.entries(shown))
      assert.match((await page.locator(`#${section}`).textContent()) ?? '', text);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 1200);
    assert.deepEqual([asked, said], [[file], []]);
    await page.close();
  });

  it('a report takes the colours that the panel stands at: by order, each with what it stands for', async () => {
    const { frame } = panel();
    const colours = frame.getByRole('combobox', { name: 'Colour by' });
    await colours.selectOption({ label: 'Size' });
    const entries = frame.locator('.colour-legend .shade-entry');
    await entries.first().waitFor();
    const plain = (text: string) =>
      text
        .replaceAll(/<[^>]+>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim();
    const legend = (await entries.allTextContents()).map(plain);
    assert.ok(legend.length > 1 && legend.every((text) => /^o\d/.test(text)), legend.join('\n'));
    await suite.get().command('ukboot: Export Report');
    const html = (await saved('by-size.html', 'as')).toString('utf8');
    const map = (text: string) => /<section id="map">.*?<\/section>/s.exec(text)![0];
    for (const text of legend) assert.ok(plain(map(html)).includes(text), text);
    assert.match(map(html), /fill="var\(--shade\d+\)"/);
    assert.doesNotMatch(map(readFileSync(join(WORKSPACE, 'paged-0.17-report.html'), 'utf8')), /--shade/);
    await colours.selectOption({ label: 'State' });
    await entries.first().waitFor({ state: 'detached' });
  });

  it('a table, from the menu of its pane', async () => {
    const member = panel().frame.getByRole('list', { name: /^Memory regions/ }).getByRole('button').first(); // prettier-ignore
    await suite.get().contextMenu(member, 'Export Table…');
    await suite.get().pick('Memory regions');
    const csv = (await saved('paged-0.17-regions.csv')).toString('utf8');
    assert.match(csv, /^index,name,type,flags,/);
    assert.equal(csv.trimEnd().split('\r\n').length, 12);
  });

  it('the same as JSON, by the name that is given to the file: every value as the table has it', async () => {
    await suite.get().command('ukboot: Export Table…');
    await suite.get().pick('Memory regions');
    const rows = JSON.parse((await saved('regions.json', 'as')).toString('utf8')) as Readonly<Record<string, unknown>>[];
    const csv = readFileSync(join(WORKSPACE, 'paged-0.17-regions.csv'), 'utf8').trimEnd().split('\r\n');
    assert.equal(rows.length, 11);
    assert.deepEqual(Object.keys(rows[0]!).join(), csv[0]);
    const { index, type, pbase } = rows[9]!;
    assert.deepEqual([index, type, pbase], [9, 'FREE', '0x180000']);
  });

  it('the strip as SVG, from its menu', async () => {
    const region = panel().regions.first();
    await suite.get().contextMenu(region, 'Save Pane as SVG…');
    const svg = (await saved('paged-0.17-strip.svg')).toString('utf8');
    assert.match(svg, /^<svg xmlns[^]*init → heap[^]*<\/svg>$/);
  });

  it('the map as PNG, from its menu', async () => {
    const map = panel().frame.getByRole('grid', { name: /^Blocks/ });
    await suite.get().contextMenu(map, 'Save Pane as PNG…');
    const png = await saved('paged-0.17-map.png');
    assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG');
  });
});
