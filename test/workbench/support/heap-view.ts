// The heap view's document as a user of a screen reader has it: by roles and names; and what one types into it.

import type { FrameLocator, Keyboard, Locator } from 'playwright-core';
import type { Window } from './window';
import { SOON } from './window';

export class HeapView {
  private readonly window: Window;

  constructor(window: Window) {
    this.window = window;
  }

  get frame(): FrameLocator {
    return this.window.panel;
  }

  /** Opens a file and simulates it from the palette, until the heap view is there. */
  async simulate(file: string): Promise<void> {
    await this.window.openFile(file);
    await this.window.command('Simulate ukboot');
    await this.shows(file);
  }

  /** Waits until the heap view that is showing is this one. */
  async shows(title: string): Promise<void> {
    await this.window.panelOf(title).getByRole('heading', { level: 1 }).waitFor();
  }

  private get keyboard(): Keyboard {
    return this.window.page.keyboard;
  }

  /** `Step 12 of 55 · workload` */
  get moment(): Locator {
    return this.frame.getByRole('heading', { level: 1 });
  }

  get regions(): Locator {
    return this.frame.getByRole('list', { name: /^Memory regions/ }).getByRole('button');
  }

  get lists(): Locator {
    return this.frame.getByRole('tree', { name: /^Free lists/ }).getByRole('treeitem');
  }

  get timeline(): Locator {
    return this.frame.getByRole('slider', { name: 'Timeline' });
  }

  get map(): Locator {
    return this.frame.locator('.map-view');
  }

  get search(): Locator {
    return this.frame.locator('#search');
  }

  /** What the search box says of what was typed, blanks as blanks. */
  async answer(): Promise<string> {
    return plain(await this.frame.locator('#search-answer').innerText());
  }

  /** Start of the selected block as hex; empty when nothing is selected. */
  async selected(): Promise<string> {
    const shown = await this.frame.locator('.selected-range').evaluateAll((ranges) => ranges[0]?.textContent ?? '');
    const text = /0x[0-9a-f ]+/.exec(plain(shown))?.[0];
    if (text === undefined) return '';
    return `0x${BigInt(text.replaceAll(' ', '')).toString(16)}`;
  }

  /** A button of the toolbar. */
  async press(button: string): Promise<void> {
    await this.frame.getByRole('toolbar', { name: 'Steps' }).getByRole('button', { name: button, exact: true }).click();
  }

  /** The step as the toolbar shows it: `12` or `12.3`. */
  async step(): Promise<string> {
    return stepIn(await this.moment.innerText());
  }

  /** Waits until another step is shown, and gives it. */
  async stepOtherThan(step: string): Promise<string> {
    return await this.until(() => this.step(), (shown) => shown !== step, `a step other than ${step}`); // prettier-ignore
  }

  /** Runs to the end; gives the step that it then stands at. */
  async runToEnd(): Promise<string> {
    await this.press('Run to the end');
    return await this.end();
  }

  /** Waits until the last step is shown, and gives it. */
  async end(): Promise<string> {
    const text = await this.until(() => this.moment.innerText(), (shown) => /\b(\d+)\s+of\s+\1\b/.test(shown), 'the last step'); // prettier-ignore
    return stepIn(text);
  }

  /** Waits until a certain step is shown. */
  async stepAt(pattern: RegExp): Promise<string> {
    return await this.until(() => this.step(), (shown) => pattern.test(shown), `a step like ${String(pattern)}`); // prettier-ignore
  }

  /** Waits until a certain block is selected. */
  async selectedAt(address: string): Promise<void> {
    await this.until(() => this.selected(), (shown) => shown === address, `${address} selected`); // prettier-ignore
  }

  /** Reads something until it is as wanted, and gives it. */
  async until<T>(read: () => Promise<T>, wanted: (shown: T) => boolean, what: string): Promise<T> {
    for (const last = Date.now() + SOON; ;) {
      const shown = await read();
      if (wanted(shown)) return shown;
      if (Date.now() > last) throw new Error(`waited for ${what}, shown is ${String(shown)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** What is read twice in a row: for what is drawn, where nothing says that it is done. */
  async steady(read: () => Promise<string>): Promise<string> {
    let last: string | undefined;
    return await this.until(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return [last, (last = await read())] as const;
      },
      ([before, now]) => before === now,
      'a steady picture',
    ).then(([, now]) => now);
  }

  /** Types into the box from wherever the focus is in the panel, and says Enter. */
  async go(text: string): Promise<void> {
    await this.type(text);
    await this.keyboard.press('Enter');
  }

  async type(text: string): Promise<void> {
    const box = this.frame.locator('#search:focus');
    // In the box already, the key would come back as a command and select it anew while one types.
    for (const last = Date.now() + SOON; (await box.count()) === 0;) {
      await this.keyboard.press('Control+g');
      // A key is lost on a webview that is just starting.
      if (await box.waitFor({ timeout: 4000 }).then(() => true, () => false)) break; // prettier-ignore
      if (Date.now() > last) throw new Error('Ctrl+G does not lead to the box');
    }
    for (let n = 0; n < 5; n++) {
      await this.keyboard.press('Control+a');
      await this.keyboard.type(text);
      if ((await box.inputValue()) === text) return;
    }
    throw new Error(`the box does not take ${text}`);
  }

  /** As `go`, until the block is selected: the box may have been selected anew between the last look at it and Enter. */
  async goTo(address: string, block = address): Promise<void> {
    for (let n = 0; n < 4; n++) {
      await this.go(address);
      for (const last = Date.now() + 4000; Date.now() < last;) {
        if ((await this.selected()) === block) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    throw new Error(`${address} does not lead to ${block}, but to ${await this.selected()}`);
  }

  /** Moves from pane to pane by F6 until the focus is in one. */
  async toPane(name: string): Promise<void> {
    for (let n = 0; n < 30; n++) {
      if (await this.movesFocus('F6', name)) return;
    }
    throw new Error(`F6 does not come to ${name}`);
  }

  /** Presses a key that moves the focus to another pane; true when that is the one named. */
  private async movesFocus(key: string, name: string): Promise<boolean> {
    const before = await this.focusedPane();
    if (before === name) return true;
    await this.keyboard.press(key);
    return (await this.focusedPaneOtherThan(before)) === name;
  }

  /** The pane that has the focus; empty where none has. */
  async focusedPane(): Promise<string> {
    return await this.frame
      .locator('body')
      .evaluate((body) => body.ownerDocument.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane ?? '');
  }

  async focusedPaneOtherThan(pane: string): Promise<string> {
    return await this.until(() => this.focusedPane(), (shown) => shown !== pane, `the focus in a pane other than ${pane}`); // prettier-ignore
  }
}

/** Narrow and no-break spaces as blanks. */
export function plain(text: string): string {
  return text.replace(/[\u202f\u00a0]/g, ' ');
}

function stepIn(text: string): string {
  return /(\d+(?:\.\d+)?)\s+of/.exec(text)?.[1] ?? text;
}
