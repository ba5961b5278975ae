// An explanation as plain data: a question, its answer, the kernel's own line, a drawing to scale, the arithmetic with the values put
// in, what would change it. The panel paints it; `text.ts` and `markdown.ts` write it.

import type { Drawing, Sum, WhatIf } from '../allocators/reasoning';

/** What a card is about: `region:9`, `operation:35` (counted from 0), `boot`. */
export type CardId = `region:${number}` | `operation:${number}` | 'boot';

export interface Card {
  readonly id: CardId;
  /** The question. */
  readonly title: string;
  /** One or two sentences. */
  readonly answer: string;
  /** What the kernel printed about it, without prefix. */
  readonly kernel: readonly string[];
  readonly drawing?: Drawing;
  readonly sums: readonly Sum[];
  /** What would change it, a sentence each. */
  readonly change: readonly string[];
  readonly whatIf: readonly WhatIf[];
  /** Every candidate and what became of it, for a boot without a heap. */
  readonly candidates: readonly { readonly what: string; readonly became: string }[];
  /** `Unikraft 0.17.0, x86_64, bbuddy`. */
  readonly context: string;
  /** Where in time it happened, for a link: an operation, counted from 0. */
  readonly operation?: number;
}

/** A line in the list of what can be explained. */
export interface CardTitle {
  readonly id: CardId;
  readonly title: string;
  /** Something was refused, or stopped: it asks to be explained. */
  readonly refused: boolean;
}

/** A card id as it comes from outside; undefined when it is none. */
export function parseCardId(text: string): CardId | undefined {
  return text === 'boot' || /^(region|operation):\d{1,9}$/.test(text) ? (text as CardId) : undefined;
}
