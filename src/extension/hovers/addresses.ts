// "Where is this address?" on hover: numbers in transcripts, logs and memory-map files that are addresses of the heap view that is open.

import * as vscode from 'vscode';
import { hex } from '../../memory/address';
import { COMMANDS, SETTINGS } from '../ids';
import { showText } from './actions';
import { plain } from './markdown';
import type { Panels } from '../panel/panels';
import { isEnabled } from '../settings';

/** A number that may be an address: `0x18c000`, or as logs have it, `000000012000` and `322000`. */
const ADDRESS = /(?<![\w.])(?:0x[0-9a-fA-F]{3,16}|[0-9a-fA-F]{5,16})(?![\w.])/;

export class AddressHovers implements vscode.HoverProvider {
  private readonly panels: Panels;

  constructor(panels: Panels) {
    this.panels = panels;
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const { current } = this.panels;
    if (current === undefined || !isEnabled(SETTINGS.hover, document.uri)) return undefined;
    const range = document.getWordRangeAtPosition(position, ADDRESS);
    const address = range && addressOf(document.getText(range), document.languageId);
    if (range === undefined || address === undefined) return undefined;
    const place = current.host.view.where(address);
    if (!place.known) return undefined;
    const lines = [
      `**In the heap view of ${plain(current.title)}:** ${plain(place.text)}`,
      ...(place.region === undefined ? [] : [plain(`In ${place.region}.`)]),
      ...(place.before === undefined ? [] : [plain(`Before it: ${place.before}.`)]),
      ...(place.after === undefined ? [] : [plain(`After it: ${place.after}.`)]),
      ...place.findings.map((f) => `$(warning) ${plain(f)}`),
      `[$(layers) ${showText(hex(address))}](${link(COMMANDS.showAddress, address)}) · [$(file-binary) Open bytes](${link(COMMANDS.openBytes, address)})`,
    ];
    const markdown = new vscode.MarkdownString(lines.join('  \n'), true);
    markdown.isTrusted = { enabledCommands: [COMMANDS.showAddress, COMMANDS.openBytes] };
    return new vscode.Hover(markdown, range);
  }
}

/** Without `0x` a number is hex in a log or transcript only, and there it may be decimal: so it must have a letter or a leading zero. */
function addressOf(text: string, language: string): bigint | undefined {
  if (/^0x/i.test(text)) return BigInt(text);
  if (language !== 'log' && language !== 'plaintext') return undefined;
  return /[a-f]/i.test(text) || /^0|000$/.test(text) ? BigInt(`0x${text}`) : undefined;
}

function link(command: string, address: bigint): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify([{ address: hex(address) }]))}`;
}
