// The headings of a ledger: what they mean, and which of them gets a byte that several claim.

import type { LedgerEntry } from './ledger';

/** In the order in which they are shown. */
export const LEDGER_KINDS = [
  'heap', 'metadata', 'frames', 'lost', 'cut', 'refused', 'not-reached', 'conflict', 'kernel', 'stack', 'initrd', 'cmdline', 'devicetree',
  'device', 'legacy', 'reserved', 'other', 'outside-mapping', 'page-zero', 'too-small', 'rounding', 'not-looked-at', 'merge-defect',
  'not-inserted', 'overlapped', 'page-rest', 'unexplained',
] as const; // prettier-ignore
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** What the headings mean. */
export const LEDGER_TEXTS: Readonly<Record<LedgerKind, string>> = {
  heap: 'heap: handed out, or free to be',
  metadata: "the allocator's own structures",
  frames: 'frame allocator and page tables',
  lost: 'passed over by the allocator, never used',
  cut: 'in a heap region, but rounded away',
  refused: 'free regions that were refused or cannot be added',
  'not-reached': 'free regions that the boot did not come to',
  conflict: 'in use, and given to the heap as well',
  kernel: 'kernel image',
  stack: 'boot stack',
  initrd: 'initial ramdisk',
  cmdline: 'command line',
  devicetree: 'device tree',
  device: 'devices',
  legacy: 'legacy area below 1 MiB',
  reserved: 'reserved',
  other: 'other regions',
  'outside-mapping': 'outside the mapped range, cut by mem_init',
  'page-zero': 'page 0, left out',
  'too-small': 'entries of less than a page, left out',
  rounding: 'lost to rounding to pages',
  'not-looked-at': 'entries that this release does not look at',
  'merge-defect': 'lost in coalescing: two overlapping entries were merged, the second one dropped (a defect)',
  'not-inserted': 'refused by the list (full, or of length 0)',
  overlapped: 'given up to another entry of the list',
  'page-rest': 'rest of pages that a region does not fill',
  unexplained: 'not accounted for',
};

/** Whose byte it is when several claim it, first wins; the heap against memory in use is settled before. */
export const PRECEDENCE: readonly LedgerKind[] = [
  'conflict', 'cmdline', 'stack', 'kernel', 'initrd', 'devicetree', 'device', 'legacy', 'reserved', 'other', 'lost', 'metadata', 'heap',
  'frames', 'cut', 'refused', 'not-reached', 'outside-mapping', 'page-zero', 'too-small', 'merge-defect', 'not-inserted', 'not-looked-at',
  'rounding', 'overlapped', 'page-rest', 'unexplained',
]; // prettier-ignore

const USED: readonly LedgerKind[] = ['kernel', 'initrd', 'cmdline', 'devicetree', 'stack', 'device', 'legacy', 'reserved'];

/** Memory in use that the heap has as well. */
export function conflictOf(open: ReadonlySet<LedgerKind>): LedgerKind | undefined {
  if (!open.has('heap') && !open.has('metadata')) return undefined;
  return USED.some((kind) => open.has(kind)) ? 'conflict' : undefined;
}

/** Entries above 0 in the order of the headings. */
export function ordered(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return LEDGER_KINDS.flatMap((kind) => entries.filter((e) => e.kind === kind && e.bytes > 0n));
}
