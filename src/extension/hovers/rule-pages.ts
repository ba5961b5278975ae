// The rules that a region breaks, as a page of its own. All of it comes out of its address, so it outlasts a reload, and needs no network.

import * as vscode from 'vscode';
import { parseRelease } from '../../regions/release';
import type { Release } from '../../regions/release';
import { rulesMarkdown } from '../../regions/rules';

const SCHEME = 'ukboot-rules';

/** @param codes those of the problems; what is no code says nothing */
export function ruleUri(codes: readonly string[], release: Release, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${name}.md`, query: [release, ...codes].join(',') });
}

export class RulePages implements vscode.Disposable, vscode.TextDocumentContentProvider {
  private readonly registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    const [text = '', ...codes] = uri.query.split(',');
    const release = parseRelease(text);
    const rules = release === undefined ? '' : rulesMarkdown(codes, release);
    return rules === '' ? 'There is no such rule.\n' : `# What a region is held against\n\nUnikraft ${release!}\n\n${rules}`;
  }

  /** Beside the text that breaks them, drawn where Markdown can be, which is a part of VS Code that can be switched off. */
  async show(codes: unknown, release: unknown, index: unknown): Promise<void> {
    const known = typeof release === 'string' ? parseRelease(release) : undefined;
    if (known === undefined || !Array.isArray(codes)) return;
    const words = codes.filter((code): code is string => typeof code === 'string');
    const uri = ruleUri(words, known, typeof index === 'number' ? `Rules for region ${String(index)}` : 'Rules for regions');
    try {
      await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
    } catch {
      await vscode.window.showTextDocument(uri, { preview: true, viewColumn: vscode.ViewColumn.Beside });
    }
  }

  dispose(): void {
    this.registered.dispose();
  }
}
