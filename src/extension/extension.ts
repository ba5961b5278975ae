// Where VS Code enters: builds the parts, connects them, and returns.

import * as vscode from 'vscode';
import { Arrangement } from './panel/arrangement';
import { registerCommands } from './commands';
import { Diagnostics } from './project/diagnostics';
import { Documents } from './project/documents';
import { Dumps } from './dumps/dumps';
import { EditorContext } from './project/editor-context';
import { Exports } from './exports';
import { DescriptorHovers } from './hovers/hovers';
import { RegionLinks } from './hovers/region-links';
import { RulePages } from './hovers/rule-pages';
import { LANGUAGES } from './ids';
import { AddressHovers } from './hovers/addresses';
import { DebugSessions } from './debug/sessions';
import { HeapTree } from './heap-tree';
import { createLog } from './log';
import { Panels } from './panel/panels';
import { Places } from './places';
import { announceProject, Project } from './project/project';
import { registerSerializer } from './panel/serializer';
import { Simulations } from './simulations';

export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  const project = new Project();
  const documents = new Documents(project);
  const diagnostics = new Diagnostics(documents);
  const panels = new Panels(context.extensionUri, new Arrangement(context.workspaceState));
  const simulations = new Simulations(panels, project, log);
  const dumps = new Dumps(panels, project, log);
  const places = new Places(panels);
  const sessions = new DebugSessions(panels, project, log);
  const rules = new RulePages();
  const links = new RegionLinks(documents, panels, simulations);
  context.subscriptions.push(
    log,
    documents,
    diagnostics,
    panels,
    sessions,
    places,
    rules,
    new HeapTree(panels),
    vscode.languages.registerHoverProvider([...LANGUAGES], new AddressHovers(panels)),
    new EditorContext(documents),
    vscode.languages.registerHoverProvider([...LANGUAGES], new DescriptorHovers(documents)),
    registerSerializer(simulations, dumps),
    ...registerCommands(simulations, panels, dumps, sessions, places, new Exports(panels), diagnostics, links, rules, log),
  );
  const { activationEvents } = context.extension.packageJSON as { readonly activationEvents: readonly string[] };
  void announceProject(activationEvents);
}
