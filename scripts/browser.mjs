// A browser page on a workbench, prepared so that a run shows what a user sees, without the waits of a first visit.
import { chromium } from 'playwright-core';
import { launchOptions } from './chromium.mjs';

export async function openBrowser() {
  return chromium.launch(await launchOptions());
}

/**
 * Prepares a page: the server's own service worker is refused (with it, the first webview takes 5 s), and `developmentOptions` are put
 * into the configuration that the workbench reads on start.
 */
export async function preparePage(page, developmentOptions = {}) {
  await page.addInitScript((options) => {
    if (window !== window.top) return;
    const workers = navigator.serviceWorker;
    const register = workers.register.bind(workers);
    workers.register = (url, ...rest) =>
      /browser\/serviceWorker/.test(String(url)) ? Promise.reject(new Error('off in tests')) : register(url, ...rest);
    const watch = new MutationObserver(() => {
      const meta = document.getElementById('vscode-workbench-web-configuration');
      if (!meta) return;
      watch.disconnect();
      const configuration = JSON.parse(meta.dataset.settings);
      configuration.developmentOptions = { ...configuration.developmentOptions, ...options };
      meta.dataset.settings = JSON.stringify(configuration);
    });
    watch.observe(document, { childList: true, subtree: true });
  }, developmentOptions);
}

/** Address of a workspace folder in the workbench. */
export function workspaceUrl(origin, folder) {
  return `${origin}/?folder=${encodeURIComponent(folder)}`;
}

/** The palette's box and its rows. */
const INPUT = '.quick-input-widget:visible input[type=text]';
const ROWS = '.quick-input-widget:visible .quick-input-list .monaco-list-row';

/** Milliseconds that a quick pick gets before it is asked again. */
const PATIENCE = 4000;

/** Runs a command from the palette. Contributions may still be on their way, so it asks again until the command is there. */
export async function runCommand(page, title) {
  await pickFrom(page, 'F1', `>${title}`, title);
}

/**
 * Opens a quick pick by its key, types into it and clicks the first row with a text. A webview that is just starting may lose the key,
 * or take the focus from the quick pick, which closes it: then once more.
 */
export async function pickFrom(page, key, text, row) {
  const input = page.locator(INPUT).first();
  for (const last = Date.now() + 40_000; ;) {
    await page.keyboard.press(key);
    try {
      await input.fill(text, { timeout: PATIENCE });
      await page.locator(ROWS).filter({ hasText: row }).first().click({ timeout: PATIENCE });
      return;
    } catch (error) {
      if (Date.now() > last) throw error;
      // In its box alone: anywhere else Esc takes something away, as the selection of a heap view.
      await input.press('Escape', { timeout: 500 }).catch(() => undefined);
    }
  }
}
