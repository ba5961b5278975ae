// Says something to the user, once.

import * as vscode from 'vscode';
import type { Message } from './messages';

export function tell({ severity, text }: Message): void {
  if (severity === 'error') void vscode.window.showErrorMessage(text);
  else if (severity === 'warning') void vscode.window.showWarningMessage(text);
  else void vscode.window.showInformationMessage(text);
}
