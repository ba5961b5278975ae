// Hovers on region descriptors, wherever they stand.

import * as vscode from 'vscode';
import type { Documents } from './documents';
import { hoverMarkdown } from './hover-text';
import { COMMANDS, SETTINGS } from './ids';
import { toRange } from './positions';
import { isEnabled } from './settings';

export class DescriptorHovers implements vscode.HoverProvider {
  private readonly documents: Documents;

  constructor(documents: Documents) {
    this.documents = documents;
  }

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
    if (!isEnabled(SETTINGS.hover, document.uri)) return undefined;
    const analysis = await this.documents.analyse(document);
    const placed = analysis?.descriptorAt(position.line, position.character);
    if (analysis === undefined || placed === undefined) return undefined;
    const { descriptor, index } = placed;
    const decision = index === undefined ? undefined : analysis.decisionOn(index);
    const actions = [`[$(play) Simulate ukboot](${commandLink(COMMANDS.simulate, document.uri)})`];
    if (index !== undefined && decision !== undefined) {
      const question = decision.kind === 'failed' ? 'Why?' : 'Explain';
      actions.push(`[$(question) ${question}](${commandLink(COMMANDS.explain, document.uri, `region:${index}`)})`);
    }
    const text = hoverMarkdown({
      descriptor,
      ...(index !== undefined && { index }),
      problems: index === undefined ? [] : analysis.problemsOf(index),
      ...(decision && { decision }),
      release: analysis.choices.release,
      allocator: analysis.choices.allocator,
      assumed: analysis.assumed,
      actions: actions.join(' · '),
    });
    const markdown = new vscode.MarkdownString(text, true);
    markdown.isTrusted = { enabledCommands: [COMMANDS.simulate, COMMANDS.explain] };
    return new vscode.Hover(markdown, descriptor.where && toRange(descriptor.where));
  }
}

function commandLink(command: string, uri: vscode.Uri, ...more: readonly string[]): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify([uri.toString(), ...more]))}`;
}
