// Commands about one address of the heap view: from its context menus, from the tree, from a hover, or for what is selected in it.

import * as vscode from 'vscode';
import { hex } from '../memory/address';
import type { AddressRange } from '../memory/reader';
import type { HeapView } from '../view/heap-view';
import { COMMANDS } from './ids';
import { MemoryBytes } from './memory-bytes';
import * as messages from './messages';
import type { Panels } from './panel/panels';
import { toRange } from './project/positions';
import { tell } from './tell';
import { addressProblem, parseAddress } from './dumps/typed-address';

/** What a menu says that it was opened on; all of it comes from a webview, so nothing is taken for granted. */
interface Target {
  readonly address?: bigint;
  readonly region?: number;
  readonly operation?: number;
  readonly text?: string;
}

export class Places implements vscode.Disposable {
  private readonly panels: Panels;
  private readonly bytes = new MemoryBytes();

  constructor(panels: Panels) {
    this.panels = panels;
  }

  dispose(): void {
    this.bytes.dispose();
  }

  async copyAddress(context: unknown): Promise<void> {
    const address = targetOf(context).address ?? this.selected();
    if (address === undefined) tell(messages.nothingSelected());
    else await vscode.env.clipboard.writeText(hex(address));
  }

  async copyLine(context: unknown): Promise<void> {
    const { text } = targetOf(context);
    if (text !== undefined) await vscode.env.clipboard.writeText(text);
  }

  /** Selects an address in the heap view and brings it to the front. */
  show(context: unknown): void {
    const { address } = targetOf(context);
    if (address !== undefined) this.panels.current?.select(hex(address));
  }

  /** Says what is at an address; without one, at the one that the user types. */
  async whereIs(context: unknown): Promise<void> {
    const { current } = this.panels;
    const address = targetOf(context).address ?? (await this.askAddress());
    if (address === undefined || current === undefined) return;
    const place = current.host.view.where(address);
    if (place.known) current.select(hex(address));
    const SHOW = 'Copy';
    const lines = [place.text, place.region && `It is in ${place.region}.`, ...place.findings].filter((l) => l !== undefined);
    const text = lines.join(' ');
    const chosen = await vscode.window.showInformationMessage(text, SHOW);
    if (chosen === SHOW) await vscode.env.clipboard.writeText(text);
  }

  /** The place in the source at which a region is described. */
  async goToRegion(context: unknown): Promise<void> {
    const { current } = this.panels;
    const index = this.regionOf(context);
    const descriptor = current && index !== undefined ? current.host.view.regionMap?.descriptors[index] : undefined;
    if (current === undefined || index === undefined || descriptor === undefined) {
      tell(messages.noRegionThere());
      return;
    }
    if (descriptor.where === undefined || current.source === undefined) {
      tell(messages.regionWithoutSource(index));
      return;
    }
    const options = { selection: toRange(descriptor.where), viewColumn: vscode.ViewColumn.One };
    await vscode.window.showTextDocument(vscode.Uri.parse(current.source), options);
  }

  /** Why a region became what it became. */
  async explainRegion(context: unknown): Promise<void> {
    const index = this.regionOf(context);
    if (index === undefined) tell(messages.noRegionThere());
    else await vscode.commands.executeCommand(COMMANDS.explain, undefined, `region:${String(index)}`);
  }

  /** Why an operation gave what it gave. */
  async explainStep(context: unknown): Promise<void> {
    const { operation } = targetOf(context);
    if (operation !== undefined)
      await vscode.commands.executeCommand(COMMANDS.explain, undefined, `operation:${String(operation)}`);
  }

  /** The bytes of a block or region in the hex editor, or as text. */
  async openBytes(context: unknown): Promise<void> {
    const { current } = this.panels;
    const range = current && this.rangeOf(current.host.view, targetOf(context));
    if (current === undefined || range === undefined) {
      tell(messages.nothingSelected());
      return;
    }
    const opened = await this.bytes.open(current.title, current.host.view.reader, range.base, range.end);
    const note = messages.bytesOpened(opened);
    if (note !== undefined) tell(note);
  }

  private selected(): bigint | undefined {
    const selection = this.panels.current?.host.view.selection;
    return selection === undefined ? undefined : BigInt(selection);
  }

  private regionOf(context: unknown): number | undefined {
    const target = targetOf(context);
    const address = target.address ?? this.selected();
    return target.region ?? (address === undefined ? undefined : this.panels.current?.host.view.where(address).index);
  }

  private rangeOf(view: HeapView, target: Target): AddressRange | undefined {
    const span = target.region === undefined ? undefined : view.regionRange(target.region);
    if (span !== undefined) return span;
    const address = target.address ?? this.selected();
    if (address === undefined) return undefined;
    const block = view.snapshot?.blocks.holding(address);
    if (block !== undefined) return { base: block.base, end: view.snapshot!.blocks.end(block.index) };
    // In no block: the page.
    return { base: address & ~0xfffn, end: (address & ~0xfffn) + 0x1000n };
  }

  private async askAddress(): Promise<bigint | undefined> {
    const pasted = await vscode.env.clipboard.readText();
    const text = await vscode.window.showInputBox({
      title: 'Where is this address?',
      prompt: 'An address of the kernel, as it stands in a log or a debugger',
      value: parseAddress(pasted) === undefined ? '' : pasted.trim(),
      validateInput: addressProblem,
      ignoreFocusOut: true,
    });
    return text === undefined ? undefined : parseAddress(text);
  }
}

function targetOf(context: unknown): Target {
  const field = (name: string): unknown =>
    typeof context === 'object' && context !== null ? (context as Record<string, unknown>)[name] : undefined;
  const [address, region, operation, text] = ['address', 'region', 'operation', 'text'].map(field);
  const value = typeof address === 'string' ? parseAddress(address) : undefined;
  const count = (n: unknown): number | undefined => (Number.isSafeInteger(n) ? (n as number) : undefined);
  const [at, done] = [count(region), count(operation)];
  return {
    ...(value !== undefined && { address: value }),
    ...(at !== undefined && { region: at }),
    ...(done !== undefined && { operation: done }),
    ...(typeof text === 'string' && { text }),
  };
}
