// Hovers on region descriptors, wherever they stand.

import * as vscode from 'vscode';
import type { Documents } from '../project/documents';
import { hoverMarkdown } from './text';
import { SETTINGS } from '../ids';
import { LINKED_COMMANDS, actionsLine } from './actions';
import { toRange } from '../project/positions';
import { isEnabled } from '../settings';

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
    const fix = index === undefined ? undefined : analysis.fixOf(index);
    const problems = index === undefined ? [] : analysis.problemsOf(index);
    const actions = actionsLine({
      uri: document.uri.toString(),
      ...(index !== undefined && { index }),
      ...(decision && { decision: decision.kind }),
      ...(fix && { fix }),
      problems,
      release: analysis.choices.release,
      placed: (descriptor.era === 'classic' ? descriptor.fields.base : descriptor.fields.vbase)?.value !== undefined,
    });
    const order = index === undefined ? undefined : analysis.orderOf(index);
    const inside = index === undefined ? undefined : analysis.insideOf(index);
    const neighbours = index === undefined ? undefined : analysis.neighboursOf(index);
    const text = hoverMarkdown({
      descriptor,
      ...(index !== undefined && { index }),
      problems,
      ...(decision && { decision }),
      ...(order !== undefined && { order }),
      ...(inside && { inside }),
      ...(neighbours !== undefined && { neighbours }),
      ...(index !== undefined && { unusedBy: analysis.unusedBy(index) }),
      release: analysis.choices.release,
      allocator: analysis.choices.allocator,
      assumed: analysis.assumed,
      actions,
    });
    const markdown = new vscode.MarkdownString(text, true);
    markdown.isTrusted = { enabledCommands: LINKED_COMMANDS };
    return new vscode.Hover(markdown, descriptor.where && toRange(descriptor.where));
  }
}
