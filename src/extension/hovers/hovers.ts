// Hovers on region descriptors, wherever they stand.

import * as vscode from 'vscode';
import type { Documents } from '../project/documents';
import { fixText } from '../../regions/fixes';
import { hoverMarkdown } from './text';
import { COMMANDS, SETTINGS } from '../ids';
import { uriOf } from '../input';
import { plain } from './markdown';
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
    const actions = [`[$(play) Simulate ukboot](${commandLink(COMMANDS.simulate, document.uri)})`];
    if (index !== undefined && decision !== undefined) {
      const question = decision.kind === 'failed' ? 'Why?' : 'Explain';
      actions.push(`[$(question) ${question}](${commandLink(COMMANDS.explain, document.uri, `region:${index}`)})`);
    }
    if (fix !== undefined)
      actions.unshift(`[$(lightbulb) ${plain(fixText(fix))}](${commandLink(COMMANDS.fixRegion, document.uri, index!)})`);
    const order = index === undefined ? undefined : analysis.orderOf(index);
    const inside = index === undefined ? undefined : analysis.insideOf(index);
    const neighbours = index === undefined ? undefined : analysis.neighboursOf(index);
    const text = hoverMarkdown({
      descriptor,
      ...(index !== undefined && { index }),
      problems: index === undefined ? [] : analysis.problemsOf(index),
      ...(decision && { decision }),
      ...(order !== undefined && { order }),
      ...(inside && { inside }),
      ...(neighbours !== undefined && { neighbours }),
      ...(index !== undefined && { unusedBy: analysis.unusedBy(index) }),
      release: analysis.choices.release,
      allocator: analysis.choices.allocator,
      assumed: analysis.assumed,
      actions: actions.join(' · '),
    });
    const markdown = new vscode.MarkdownString(text, true);
    markdown.isTrusted = { enabledCommands: [COMMANDS.simulate, COMMANDS.explain, COMMANDS.fixRegion] };
    return new vscode.Hover(markdown, descriptor.where && toRange(descriptor.where));
  }
}

function commandLink(command: string, uri: vscode.Uri, ...more: readonly (string | number)[]): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify([uri.toString(), ...more]))}`;
}

/** Puts a region's descriptor right in its text; it is judged anew, as the text may have changed since the hover. */
export async function fixRegion(documents: Documents, target: unknown, index: unknown): Promise<void> {
  const uri = uriOf(target);
  if (uri === undefined || typeof index !== 'number') return;
  const document = await vscode.workspace.openTextDocument(uri);
  const fix = (await documents.analyse(document))?.fixOf(index);
  if (fix === undefined) return;
  const edit = new vscode.WorkspaceEdit();
  for (const { where, text } of fix) {
    const range = toRange(where);
    const quote = /^["']/.exec(document.getText(range))?.[0] ?? '';
    edit.replace(uri, range, quote + text + quote);
  }
  await vscode.workspace.applyEdit(edit);
}
