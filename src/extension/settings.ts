// The user's settings as hints, like those of an input.

import * as vscode from 'vscode';
import { isAllocatorId } from '../regions/allocator-id';
import { parseRelease } from '../regions/release';
import type { NamedHints } from '../timeline/choices';
import { SETTINGS } from './ids';

/** Release and allocator from the settings that apply to a resource; nothing where they say `ask`. */
export function settingsHints(scope: vscode.Uri | undefined): NamedHints {
  const settings = vscode.workspace.getConfiguration(undefined, scope);
  const release = parseRelease(settings.get(SETTINGS.release, ''));
  const allocator = settings.get(SETTINGS.allocator, '');
  return {
    from: 'the settings',
    hints: { ...(release && { release }), ...(isAllocatorId(allocator) && { allocator }) },
  };
}

export function isEnabled(key: typeof SETTINGS.hover | typeof SETTINGS.diagnostics, scope: vscode.Uri): boolean {
  return vscode.workspace.getConfiguration(undefined, scope).get(key, true);
}
