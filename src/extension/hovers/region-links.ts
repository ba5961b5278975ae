// What the links of a hover on a region do beyond simulating: they say which region of which text, and that is judged anew, as the
// text may have changed since the hover.

import * as vscode from 'vscode';
import { hex } from '../../memory/address';
import type { Descriptor } from '../../regions/descriptor';
import { mapEntry } from '../../regions/map-entry';
import type { Release } from '../../regions/release';
import { uriOf } from '../input';
import * as messages from '../messages';
import type { Panels } from '../panel/panels';
import type { Documents } from '../project/documents';
import { toRange } from '../project/positions';
import type { Simulations } from '../simulations';
import { tell } from '../tell';

export class RegionLinks {
  private readonly documents: Documents;
  private readonly panels: Panels;
  private readonly simulations: Simulations;

  constructor(documents: Documents, panels: Panels, simulations: Simulations) {
    this.documents = documents;
    this.panels = panels;
    this.simulations = simulations;
  }

  /** Puts a region's descriptor right in its text. */
  async fix(target: unknown, index: unknown): Promise<void> {
    const uri = uriOf(target);
    if (uri === undefined || typeof index !== 'number') return;
    const document = await vscode.workspace.openTextDocument(uri);
    const fix = (await this.documents.analyse(document))?.fixOf(index);
    if (fix === undefined) return;
    const edit = new vscode.WorkspaceEdit();
    for (const { where, text } of fix) {
      const range = toRange(where);
      const quote = /^["']/.exec(document.getText(range))?.[0] ?? '';
      edit.replace(uri, range, quote + text + quote);
    }
    await vscode.workspace.applyEdit(edit);
  }

  /** Selects a region in the heap view of its text, which is simulated where there is none or the region has changed. */
  async show(target: unknown, index: unknown): Promise<void> {
    const uri = uriOf(target);
    const said = await this.described(target, index);
    const start = said && startOf(said.descriptor);
    if (uri === undefined || said === undefined || start === undefined) {
      tell(messages.noRegionThere());
      return;
    }
    const shown = (): { readonly select: (address: string) => void; readonly entry: string | undefined } | undefined => {
      const panel = this.panels.withKey(uri.toString());
      const descriptor = panel?.host.view.regionMap?.descriptors[said.index];
      return panel && { select: (address) => panel.select(address), entry: descriptor && mapEntry(descriptor, said.release) };
    };
    if (shown()?.entry !== mapEntry(said.descriptor, said.release)) await this.simulations.simulate(uri);
    shown()?.select(hex(start));
  }

  /** Copies a region as memory-map files have it: one of a text, or one that the heap view names in its menu. */
  async copy(target: unknown, index: unknown): Promise<void> {
    const said = uriOf(target) === undefined ? this.named(target) : await this.described(target, index);
    if (said === undefined) {
      tell(messages.noRegionThere());
      return;
    }
    await vscode.env.clipboard.writeText(mapEntry(said.descriptor, said.release));
    tell(messages.regionCopied(said.index));
  }

  private async described(target: unknown, index: unknown): Promise<Described | undefined> {
    const uri = uriOf(target);
    if (uri === undefined || typeof index !== 'number') return undefined;
    const analysis = await this.documents.analyse(await vscode.workspace.openTextDocument(uri));
    const descriptor = analysis?.map.descriptors[index];
    return analysis && descriptor && { descriptor, index, release: analysis.choices.release };
  }

  private named(context: unknown): Described | undefined {
    const region = typeof context === 'object' && context !== null ? (context as { region?: unknown }).region : undefined;
    const { view } = this.panels.current?.host ?? {};
    const descriptor = typeof region === 'number' ? view?.regionMap?.descriptors[region] : undefined;
    return view && descriptor && { descriptor, index: region as number, release: view.subject.release };
  }
}

interface Described {
  readonly descriptor: Descriptor;
  readonly index: number;
  readonly release: Release;
}

function startOf({ fields, era }: Descriptor): bigint | undefined {
  return (era === 'classic' ? fields.base : fields.vbase)?.value;
}
