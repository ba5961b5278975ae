// Motion in a real browser, with its clock in the test's hand: what is on the map's canvas from one frame of the screen to the next.
// Skipped where there is no browser.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled } from './harness';
import { capturedBoot } from './scenarios';

/** Milliseconds between two frames of the faked screen. */
const SCREEN = 16;

describe('panel: motion', function () {
  let harness: Harness;
  let page: Page;
  let clock = Date.parse('2030-01-01T00:00:00Z');
  before(async () => {
    harness = await Harness.start();
    page = await harness.open(capturedBoot('0.17.0-x86_64-bbuddy-64M'), 'dark', 1400, 843);
    await page.clock.install({ time: clock });
  });
  afterEach(() => assert.deepEqual(errorsOf(page), []));
  after(() => harness.close());

  /** Goes to a step, with the clock running, and stops it. */
  async function stand(step: number): Promise<string> {
    await page.clock.resume();
    await page.keyboard.press('Control+g');
    await page.locator('#search').fill(`step ${String(step)}`);
    await page.keyboard.press('Enter');
    await settled(page);
    await page.locator('.map-view').focus();
    await page.clock.pauseAt((clock += 3_600_000));
    return canvas();
  }
  const canvas = () => page.evaluate(() => document.querySelector<HTMLCanvasElement>('.map-canvas')!.toDataURL());
  /** So many frames of the screen, and what host and client say to each other in the meantime. */
  async function pass(frames: number): Promise<string[]> {
    const seen: string[] = [];
    for (let n = 0; n < frames; n++) {
      await page.clock.runFor(SCREEN);
      // Each question to the page is a turn of its own loop, in which what they post is heard.
      seen.push(await canvas());
    }
    return seen;
  }
  /** Presses a key and gives all different pictures that follow. */
  async function picturesOf(key: string, frames = 16): Promise<string[]> {
    const first = await canvas();
    await page.keyboard.press(key);
    const seen = await pass(frames);
    return seen.filter((s, n) => s !== (n === 0 ? first : seen[n - 1]));
  }

  it('a step draws pictures in between, and at last exactly what a seek draws', async () => {
    const sought = await stand(67);
    const before = await stand(66);
    const seen = await picturesOf('Shift+.');
    assert.ok(seen.length >= 5 && seen.length <= 9, `${String(seen.length)} pictures in 120 ms`);
    assert.equal(seen.at(-1), sought);
    assert.equal(new Set([before, ...seen]).size, seen.length + 1, 'each is another');
    assert.equal(await page.locator('.map-canvas').getAttribute('data-moving'), null);
  });

  it('so does a step back, and a C-level one', async () => {
    const sought = await stand(66);
    await stand(67);
    const back = await picturesOf('Shift+,');
    assert.ok(back.length >= 5, String(back.length));
    assert.equal(back.at(-1), sought);
    await stand(66);
    await picturesOf('.');
    await page.clock.runFor(1000);
    const joined = await picturesOf('.');
    assert.match((await page.locator('.moment').textContent())!, /67\.2/);
    assert.ok(joined.length >= 5, `67.2 joins two free pages: ${String(joined.length)}`);
  });

  it('no frame is drawn when nothing moves any more', async () => {
    await stand(66);
    await picturesOf('Shift+.');
    const count = () => page.evaluate(() => (window as unknown as { drawn: number }).drawn);
    await page.evaluate(() => {
      const { prototype } = CanvasRenderingContext2D;
      const cleared = Object.getOwnPropertyDescriptor(prototype, 'clearRect')!.value as (...box: number[]) => void;
      Object.assign(window, { drawn: 0 });
      prototype.clearRect = function (...box) {
        (window as unknown as { drawn: number }).drawn++;
        cleared.apply(this, box);
      };
    });
    await pass(20);
    assert.equal(await count(), 0);
  });

  it('a seek draws the last state only, be it by one step', async () => {
    await stand(66);
    await page.locator('.timeline-slider').focus();
    assert.equal((await picturesOf('ArrowRight')).length, 1);
    assert.equal((await picturesOf('End')).length, 1);
  });

  it('quick steps draw each state at once, and what moved is cut', async () => {
    const sought = await stand(68);
    await stand(66);
    await page.keyboard.press('Shift+.');
    await pass(3);
    const seen = await picturesOf('Shift+.');
    assert.equal(seen.length, 1, 'the second step, 48 ms later, is drawn at once');
    assert.equal(seen[0], sought);
  });

  it('while a key repeats nothing moves', async () => {
    await stand(65);
    await page.keyboard.down('Shift');
    await page.keyboard.down('.');
    await pass(10);
    await page.clock.runFor(1000);
    const first = await canvas();
    await page.keyboard.down('.');
    const seen = (await pass(10)).filter((s, n, all) => s !== (n === 0 ? first : all[n - 1]));
    await page.keyboard.up('.');
    await page.keyboard.up('Shift');
    assert.equal(seen.length, 1);
  });

  it('another scale: the page goes first, the map follows in the next frame', async () => {
    const title = () => page.locator('.pane-map .pane-subtitle').innerText();
    const still = await stand(66);
    const told = await title();
    await page.keyboard.press('+');
    for (let frames = 0; (await title()) === told; frames++) {
      assert.ok(frames < 16, 'the title follows');
      await pass(1);
    }
    assert.ok((await canvas()) === still, 'the page first');
    const [next, ...later] = await pass(6);
    assert.ok(next !== still, 'then the map');
    assert.deepEqual(new Set(later), new Set([next]), 'once, and for good');
    await page.keyboard.press('0');
    assert.equal((await pass(16)).at(-1), still);
  });

  it('a picture of the pane is never one in between', async () => {
    const shot = async () => page.evaluate(() => window.harness.capture('map', 'png'));
    await stand(67);
    await page.clock.resume();
    const still = await shot();
    await stand(66);
    await page.keyboard.press('Shift+.');
    await pass(4);
    assert.notEqual(await page.locator('.map-canvas').getAttribute('data-moving'), null);
    const taken = shot();
    await page.clock.runFor(1);
    await page.clock.resume();
    assert.equal(await taken, still);
  });

  it('nor one of a page and a map to two scales', async () => {
    const shot = () => page.evaluate(() => window.harness.capture('map', 'png'));
    const title = () => page.locator('.pane-map .pane-subtitle').innerText();
    await stand(67);
    const told = await title();
    await page.keyboard.press('+');
    for (let frames = 0; (await title()) === told; frames++) {
      assert.ok(frames < 64, 'the title follows');
      await page.clock.runFor(SCREEN / 4);
    }
    const taken = shot();
    await page.clock.runFor(1);
    await page.clock.resume();
    const early = await taken;
    await settled(page);
    assert.ok(early === (await shot()), 'as it is when all has come');
    await page.keyboard.press('0');
    await settled(page);
  });

  it('with reduced motion, of the system or of the editor, nothing but the last state is drawn', async () => {
    const sought = await stand(67);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await stand(66);
    assert.deepEqual(await picturesOf('Shift+.'), [sought]);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
    await stand(66);
    assert.deepEqual(await picturesOf('Shift+.'), [sought]);
    await page.evaluate(() => document.body.classList.remove('vscode-reduce-motion'));
    await stand(66);
    assert.ok((await picturesOf('Shift+.')).length >= 5);
  });

  it('in high contrast boxes grow, and nothing fades: a step that moves no box is one picture', async () => {
    await stand(49);
    await page.evaluate(() => (document.body.className = 'vscode-high-contrast'));
    assert.equal((await picturesOf('Shift+.')).length, 1, '50 gives back a page whose buddy is used');
    await stand(66);
    assert.ok((await picturesOf('Shift+.')).length >= 5);
    await page.evaluate(() => (document.body.className = 'vscode-dark'));
    await stand(49);
    assert.ok((await picturesOf('Shift+.')).length >= 4, 'elsewhere its mark fades in');
  });
});
