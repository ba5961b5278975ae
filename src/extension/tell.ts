// Says something to the user, once.

import * as vscode from 'vscode';
import type { Log } from './log';
import type { Message } from './messages';

export function tell({ severity, text }: Message): void {
  if (severity === 'error') void vscode.window.showErrorMessage(text);
  else if (severity === 'warning') void vscode.window.showWarningMessage(text);
  else void vscode.window.showInformationMessage(text);
}

/** The same with a button that shows the log, where the rest stands. */
export function tellWithLog({ severity, text }: Message, log: Log): void {
  const show = severity === 'error' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
  void show(text, 'Show Log').then((chosen) => {
    if (chosen !== undefined) log.show();
  });
}
