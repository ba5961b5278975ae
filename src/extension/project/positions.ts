// Places in a text, ours and VS Code's.

import * as vscode from 'vscode';
import type { Severity, TextRange } from '../../regions/problem';

export function toRange({ line, column, endLine, endColumn }: TextRange): vscode.Range {
  return new vscode.Range(line, column, endLine, endColumn);
}

/** The top of a text, for what is said about all of it. */
export const TOP = new vscode.Range(0, 0, 0, 0);

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

export function toSeverity(severity: Severity): vscode.DiagnosticSeverity {
  return SEVERITIES[severity];
}
