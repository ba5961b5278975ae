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

/** Runs a command from the palette. Contributions may still be on their way, so it asks again until the command is there. */
export async function runCommand(page, title) {
  for (const last = Date.now() + 20_000; ;) {
    await page.keyboard.press('F1');
    const row = page.locator(ROWS).filter({ hasText: title }).first();
    try {
      // A key is lost on a webview that is just starting.
      await page.locator(INPUT).first().fill(`>${title}`, { timeout: 2000 });
      await row.waitFor({ timeout: 2000 });
      await row.click();
      return;
    } catch (error) {
      await page.keyboard.press('Escape');
      if (Date.now() > last) throw error;
    }
  }
}
