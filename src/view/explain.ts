// The pane that says why: what can be explained, and the card or the ledger that is open.

import { parseCardId, type Card, type CardTitle } from '../explain/card';
import { cardOf, cardTitles } from '../explain';
import { ledgerOf, type Ledger } from '../explain/ledger';
import { ledgerMarkdown, ledgerRows, type LedgerRow } from '../explain/ledger-text';
import { cardMarkdown, summaryMarkdown } from '../explain/markdown';
import { regionSentences } from '../explain/regions';
import { hex } from '../memory/address';
import { checkDescriptors } from '../regions/checks';
import { counted } from './numbers';
import { currentOperation } from './time/steps';
import type { Steppable } from './subject';

export type { Card, CardTitle } from '../explain/card';
export type { Drawing as CardDrawing } from '../allocators/reasoning';
export type { LedgerRow } from '../explain/ledger-text';

/** Titles that cross to the webview with every frame. */
const MOST_TITLES = 80;

export interface ExplainView {
  readonly titles: readonly CardTitle[];
  /** Titles beyond those. */
  readonly more: number;
  /** What a folded pane says. */
  readonly summary: string;
  /** `ledger`, a card's id, or empty. */
  readonly open: string;
  readonly card?: Card;
  /** The last row is the total, and the sum of the others. */
  readonly ledger?: readonly LedgerRow[];
  /** The card of the operation at the cursor, where that was refused. */
  readonly here?: CardTitle;
  /** What is open, as Markdown; empty when nothing is. */
  readonly markdown: string;
}

/** A finding on the region list, as the pane of findings shows it. */
export interface ListFindingRow {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly message: string;
  readonly address: string;
}

/** Everything that can be explained about one simulation; cards are made when they are first asked for. */
export class Explanations {
  private readonly simulation: Steppable;
  private readonly cards = new Map<string, Card | undefined>();
  private known: readonly CardTitle[] | undefined;
  private account: Ledger | undefined;
  private wrong: readonly ListFindingRow[] | undefined;

  constructor(simulation: Steppable) {
    this.simulation = simulation;
  }

  view(open = ''): ExplainView {
    const titles = this.titles();
    const refused = titles.filter((t) => t.refused).length;
    const here = this.here();
    const card = this.card(open);
    const ledger = open === 'ledger' ? ledgerRows(this.ledger()) : undefined;
    return {
      titles: titles.slice(0, MOST_TITLES),
      more: Math.max(0, titles.length - MOST_TITLES),
      summary: this.summary(refused),
      open: card !== undefined || ledger !== undefined ? open : '',
      ...(card && { card }),
      ...(ledger && { ledger }),
      ...(here && { here }),
      markdown: card !== undefined ? cardMarkdown(card) : ledger !== undefined ? ledgerMarkdown(this.ledger()) : '',
    };
  }

  private summary(refused: number): string {
    if (refused > 0) return `${String(refused)} refused`;
    const wrong = this.listFindings().length;
    return `nothing was refused${wrong === 0 ? '' : ` · ${counted(wrong, 'finding')} on the memory map`}`;
  }

  /** What a copy of the explanation that is open holds; without one, a sentence a region and the ledger. */
  copied(open = ''): { readonly title: string; readonly markdown: string } {
    const card = this.card(open) ?? this.card(this.here()?.id ?? '');
    if (open === 'ledger') return { title: 'where every byte went', markdown: ledgerMarkdown(this.ledger()) };
    if (card !== undefined) return { title: card.title, markdown: cardMarkdown(card) };
    const { input } = this.simulation;
    const markdown = summaryMarkdown(
      `ukboot on Unikraft ${input.release}, ${input.arch}, ${input.allocator}`,
      regionSentences(this.simulation),
      ledgerMarkdown(this.ledger()),
    );
    return { title: 'what became of each region', markdown };
  }

  /** What is wrong with the region list, beyond remarks: the same as the problems of its file. */
  listFindings(): readonly ListFindingRow[] {
    if (this.wrong !== undefined) return this.wrong;
    const { map, release, arch, config } = this.simulation.input;
    const regional = checkDescriptors(map, release, arch, config).map((p) => ({ ...p, at: map.descriptors[p.descriptor] }));
    const all = [...regional, ...map.problems.map((p) => ({ ...p, at: undefined }))].filter((p) => p.severity !== 'info');
    this.wrong = all.slice(0, MOST_TITLES).map(({ severity, code, message, at }) => {
      const base = (at?.fields.vbase ?? at?.fields.base)?.value;
      return {
        severity,
        code,
        message: at === undefined ? message : `region list: ${message}`,
        address: base === undefined ? '' : hex(base),
      };
    });
    return this.wrong;
  }

  private titles(): readonly CardTitle[] {
    this.known ??= cardTitles(this.simulation);
    return this.known;
  }

  private ledger(): Ledger {
    this.account ??= ledgerOf(this.simulation);
    return this.account;
  }

  private card(open: string): Card | undefined {
    if (!this.cards.has(open)) {
      const id = parseCardId(open);
      this.cards.set(open, id === undefined ? undefined : cardOf(this.simulation, id));
    }
    return this.cards.get(open);
  }

  private here(): CardTitle | undefined {
    const operation = currentOperation(this.simulation.cursor);
    if (operation < 0 || this.simulation.info(operation).outcome === 'done') return undefined;
    const region = this.simulation.finalDecisions().find((d) => this.simulation.decidingOperation(d.region) === operation);
    const id =
      this.simulation.recorded(operation) !== undefined
        ? `operation:${operation}`
        : region === undefined
          ? 'boot'
          : `region:${region.region}`;
    return this.titles().find((t) => t.id === id);
  }
}
