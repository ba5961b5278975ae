// The `when` key that says whether the active editor's text holds region descriptors: it decides where `Simulate ukboot` is offered.

import * as vscode from 'vscode';
import type { Documents } from './documents';
import { CONTEXT, LANGUAGES } from '../ids';

export class EditorContext implements vscode.Disposable {
  private readonly documents: Documents;
  private readonly subscriptions: vscode.Disposable[];

  constructor(documents: Documents) {
    this.documents = documents;
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor((editor) => void this.update(editor)),
      vscode.workspace.onDidSaveTextDocument(() => void this.update(vscode.window.activeTextEditor)),
    ];
    void this.update(vscode.window.activeTextEditor);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async update(editor: vscode.TextEditor | undefined): Promise<void> {
    const document = editor?.document;
    const readable = document !== undefined && (LANGUAGES as readonly string[]).includes(document.languageId);
    const analysis = readable ? await this.documents.analyse(document) : undefined;
    if (vscode.window.activeTextEditor !== editor) return;
    const found = (analysis?.map.descriptors.length ?? 0) > 0;
    await vscode.commands.executeCommand('setContext', CONTEXT.editorHasRegions, found);
  }
}
