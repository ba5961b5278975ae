// A dump held against the simulation of its boot, as the panel shows it.

import { counted, countText } from './numbers';

/** Steps as everywhere in the panel: operations counted from 1, and `50.2` for the second C-level step of one. */
export function stepName(operation: number, step = 0): string {
  return countText(operation + 1) + (step > 0 ? `.${String(step)}` : '');
}

/** Where a dump stands in its boot, in one sentence: the panel's title and the first line that `ukboot diff` prints. */
export function heldTitle(held: {
  readonly exact: boolean;
  readonly operation: number;
  readonly operations: number;
  readonly title: string;
  /** Fields that differ, and must not. */
  readonly wrong: number;
}): string {
  const at = `step ${stepName(held.operation)} of ${countText(held.operations)}, ${held.title}`;
  if (!held.exact) return `No step has this state; it comes nearest to ${at}.`;
  return held.wrong === 0
    ? `The dump is what the simulation has after ${at}.`
    : `The heap's state is that of ${at}, but ${counted(held.wrong, 'field')} differ${held.wrong === 1 ? 's' : ''}.`;
}

/** One field that differs. */
export interface HeldRow {
  readonly address: string;
  /** `struct uk_bbpalloc.nr_free_pages`; empty where no structure is known. */
  readonly name: string;
  readonly dump: string;
  readonly simulated: string;
  /** The simulated step that last wrote it, and what that did. */
  readonly step: string;
  readonly by: string;
  /** Why both may be right; empty for a real difference. */
  readonly expected: string;
}

export interface HeldView {
  /** Nothing differs. */
  readonly same: boolean;
  /** One sentence: at which step the dump stands, and whether the two are the same there. */
  readonly title: string;
  readonly lines: readonly string[];
  /** The earliest step whose bytes differ; empty when none does. */
  readonly first: string;
  readonly states: readonly { readonly where: string; readonly dump: string; readonly simulated: string }[];
  readonly rows: readonly HeldRow[];
}
