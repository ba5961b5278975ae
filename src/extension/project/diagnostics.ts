// Problems of regions in the editor: always in memory-map files, elsewhere when the user asks for a check.

import * as vscode from 'vscode';
import { describeDescriptor } from '../../regions/regions';
import type { Problem } from '../../regions/problem';
import type { Analysis } from './analysis';
import type { Documents } from './documents';
import { SETTINGS, isMemoryMapFile } from '../ids';
import { TOP, toRange, toSeverity } from './positions';
import { isEnabled } from '../settings';

/** Problems shown of one file: more would say nothing more. */
const MOST = 500;
/** Milliseconds after the last key before a file is checked again. */
const QUIET_TIME = 300;

export class Diagnostics implements vscode.Disposable {
  private readonly documents: Documents;
  private readonly collection = vscode.languages.createDiagnosticCollection('ukboot');
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** Files that are checked because the user asked. */
  private readonly asked = new Set<string>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(documents: Documents) {
    this.documents = documents;
    this.subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => this.soon(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.soon(document, QUIET_TIME)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('ukboot')) this.checkOpen();
      }),
    ];
    this.checkOpen();
  }

  /** Checks a file from now on while it is open; returns how many problems it has, undefined when there is nothing to check in it. */
  async checkOnRequest(document: vscode.TextDocument): Promise<number | undefined> {
    this.asked.add(document.uri.toString());
    return await this.check(document);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const subscription of this.subscriptions) subscription.dispose();
    this.collection.dispose();
  }

  private checkOpen(): void {
    for (const document of vscode.workspace.textDocuments) this.soon(document, 0);
  }

  private wanted(document: vscode.TextDocument): boolean {
    if (this.asked.has(document.uri.toString())) return true;
    return isMemoryMapFile(document.uri.path) && isEnabled(SETTINGS.diagnostics, document.uri);
  }

  private soon(document: vscode.TextDocument, delay: number): void {
    const key = document.uri.toString();
    if (!this.wanted(document)) {
      this.collection.delete(document.uri);
      return;
    }
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => void this.check(document), delay),
    );
  }

  private async check(document: vscode.TextDocument): Promise<number | undefined> {
    this.timers.delete(document.uri.toString());
    const { version } = document;
    const analysis = await this.documents.analyse(document);
    if (document.isClosed || document.version !== version || !this.wanted(document)) return undefined;
    const found = analysis === undefined ? [] : diagnosticsOf(document, analysis);
    this.collection.set(document.uri, found.slice(0, MOST));
    return analysis === undefined ? undefined : found.length;
  }

  private forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    this.asked.delete(key);
    this.collection.delete(document.uri);
  }
}

function diagnosticsOf(document: vscode.TextDocument, analysis: Analysis): vscode.Diagnostic[] {
  const { descriptors, problems } = analysis.map;
  const related = (other: number | undefined): vscode.DiagnosticRelatedInformation[] => {
    const descriptor = other === undefined ? undefined : descriptors[other];
    if (descriptor?.where === undefined) return [];
    const location = new vscode.Location(document.uri, toRange(descriptor.where));
    return [new vscode.DiagnosticRelatedInformation(location, describeDescriptor(descriptor, other!))];
  };
  return [
    ...problems.map((problem) => diagnostic(problem)),
    ...analysis.problems.map((problem) => {
      const made = diagnostic(problem);
      made.relatedInformation = related(problem.other);
      return made;
    }),
  ];
}

function diagnostic(problem: Problem): vscode.Diagnostic {
  const range = problem.where === undefined ? TOP : toRange(problem.where);
  const made = new vscode.Diagnostic(range, problem.message, toSeverity(problem.severity));
  made.source = 'ukboot';
  made.code = problem.code;
  return made;
}
