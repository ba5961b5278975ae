// Documents and files as inputs: read once a version, with the configuration around them.

import * as vscode from 'vscode';
import type { RegionMap } from '../regions/descriptor';
import { Analysis } from './analysis';
import { assume, known } from '../timeline/choices';
import type { Known } from '../timeline/choices';
import { CONFIGURATION_READERS, readInput } from './reading';
import { settingsHints } from './settings';
import { surroundingHints } from './surroundings';

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
  private readonly cache = new Map<string, Entry>();
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
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
    const reading = readInput(document.uri.path, text);
    if (reading === undefined || reading.map.descriptors.length + reading.map.problems.length === 0) return undefined;
    const { choices, assumed } = assume(await knownAbout(document.uri, reading.map), reading.map);
    return new Analysis(reading.map, choices, assumed);
  }
}

/** What is known about an input: from itself, from the configuration around it, from the settings. */
export async function knownAbout(uri: vscode.Uri, map: RegionMap): Promise<Known> {
  const around = await hintsAround(uri);
  return known([{ from: 'the input', hints: map.hints }, ...around, settingsHints(uri)]);
}

async function hintsAround(uri: vscode.Uri): ReturnType<typeof surroundingHints> {
  const root = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  // A file from elsewhere belongs to no project that is open.
  if (root === undefined) return [];
  const folder = uri.path.slice(0, uri.path.lastIndexOf('/'));
  return await surroundingHints(folder, root.path, CONFIGURATION_READERS, (path) => readText(uri.with({ path })));
}

/** A file's text; undefined when it is not there. An open document wins over the file. */
export async function readText(uri: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
