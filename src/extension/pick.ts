// One quick pick for all that is asked.

import * as vscode from 'vscode';

/**
 * Lets the user choose one of several; undefined when the question is escaped. It stays while the focus is elsewhere: a heap view that
 * had it takes it back a moment after the palette or another question has closed, and would take this question away with it.
 */
export async function pickOne<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: vscode.QuickPickOptions,
): Promise<T | undefined> {
  return await vscode.window.showQuickPick(items, { ...options, ignoreFocusOut: true });
}
