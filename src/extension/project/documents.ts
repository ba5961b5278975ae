// Documents as inputs: read once a version, with the project around them.

import * as vscode from 'vscode';
import { assume, known } from '../../timeline/choices';
import { Analysis } from './analysis';
import type { Project } from './project';
import { readText } from './reading';
import { settingsHints } from '../settings';

/** Characters of a document that hovers and checks look at; a simulation reads all. */
const MOST_CHARACTERS = 8 * 2 ** 20;
/** Milliseconds after which the surroundings of a document are read again. */
const FRESH = 10_000;

interface Entry {
  readonly version: number;
  readonly at: number;
  readonly analysis: Promise<Analysis | undefined>;
}

export class Documents implements vscode.Disposable {
  private readonly project: Project;
  private readonly cache = new Map<string, Entry>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(project: Project) {
    this.project = project;
    this.subscriptions = [
      vscode.workspace.onDidCloseTextDocument((document) => this.cache.delete(document.uri.toString())),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('ukboot')) this.cache.clear();
      }),
    ];
  }

  /** Undefined when the document holds nothing that a reader knows. */
  analyse(document: vscode.TextDocument): Promise<Analysis | undefined> {
    const key = document.uri.toString();
    const entry = this.cache.get(key);
    if (entry?.version === document.version && Date.now() - entry.at < FRESH) return entry.analysis;
    const analysis = this.read(document);
    this.cache.set(key, { version: document.version, at: Date.now(), analysis });
    return analysis;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async read(document: vscode.TextDocument): Promise<Analysis | undefined> {
    const text = document.getText();
    if (text.length > MOST_CHARACTERS) return undefined;
    const context = await this.project.around(document.uri);
    const reading = await readText(document.uri.path, text, context);
    if (reading === undefined || reading.map.descriptors.length + reading.map.problems.length === 0) return undefined;
    const { map } = reading;
    const found = known([{ from: 'the input', hints: map.hints }, ...context.around, settingsHints(document.uri)]);
    const { choices, assumed } = assume(found, map);
    return new Analysis(map, choices, assumed, reading.printedElsewhere);
  }
}
