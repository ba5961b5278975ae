// The output channel. Created with the extension, shown on request only.

import * as vscode from 'vscode';

export type Log = vscode.LogOutputChannel;

export function createLog(): Log {
  return vscode.window.createOutputChannel('ukboot', { log: true });
}
