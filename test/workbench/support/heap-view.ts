// The heap view's document as a user of a screen reader has it: by roles and names.

import type { FrameLocator, Locator } from 'playwright-core';
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
    return await this.wait((shown) => shown !== step, `a step other than ${step}`);
  }

  /** Waits until a certain step is shown. */
  async stepAt(pattern: RegExp): Promise<string> {
    return await this.wait((shown) => pattern.test(shown), `a step like ${String(pattern)}`);
  }

  private async wait(wanted: (step: string) => boolean, what: string): Promise<string> {
    for (const last = Date.now() + SOON; ;) {
      const shown = await this.step();
      if (wanted(shown)) return shown;
      if (Date.now() > last) throw new Error(`waited for ${what}, shown is ${shown}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

function stepIn(text: string): string {
  return /(\d+(?:\.\d+)?)\s+of/.exec(text)?.[1] ?? text;
}
