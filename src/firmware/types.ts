// The run from a firmware's memory map to the list that heap_init gets, as plain data: each C call, each step inside of it with the
// list before and after, the final list, and for every byte that the firmware gave where it is now.
//
// Provenance is kept as tokens. Every source (an entry of the firmware's map, a segment of the image, a carve-out) is one range of
// bytes; when it is inserted its range becomes a piece of the list's item, and each change to the list moves pieces between items or
// into `lost`. Nothing else makes or ends a piece, so for every source
//
//     Σ pieces in `final` + Σ pieces in `lost` = its length
//
// holds exactly, and a ledger over the sources of kind `entry` sums up to the firmware's total.

import type { FirmwareMap } from '../regions/firmware-map';
import type { Region } from '../regions/descriptor';
import type { TextRange } from '../regions/problem';
import type { Architecture, Release } from '../regions/release';

export const SOURCE_KINDS = ['entry', 'kernel', 'legacy', 'cmdline', 'initrd', 'devicetree', 'device', 'given'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** Where memory in the list comes from. Only sources of kind `entry` count towards the firmware's total. */
export interface Source {
  readonly kind: SourceKind;
  /** As a sentence names it: `usable entry 3`, `kernel image (r-x)`, `video memory`. */
  readonly label: string;
  readonly base: bigint;
  /** Exclusive. */
  readonly end: bigint;
  /** Index into `FirmwareMap.entries` for kind `entry`. */
  readonly entry?: number;
  readonly where?: TextRange;
}

/** A range of one source: `source` indexes `ListRun.sources`. Half-open, never empty. */
export interface Piece {
  readonly source: number;
  readonly base: bigint;
  readonly end: bigint;
}

/**
 * A descriptor of the list with what it is made of. Pieces of different sources may overlap where the firmware's entries did; bytes of
 * the descriptor in no piece come from nowhere: from rounding outward, or from a defect.
 */
export interface ListItem {
  readonly region: Region;
  readonly pieces: readonly Piece[];
  /** What it was carved out for, when ukplat_memregion_alloc made it of free memory: `stack`. */
  readonly carved?: string;
}

export type LossReason =
  /** Below 4096: page 0 is left out. */
  | 'page-zero'
  /** The entry (or what is left of it) is less than a page. */
  | 'too-small'
  /** An entry of this kind is not looked at (loader memory, a second bank, classic: all but the one at 1 MiB). */
  | 'not-looked-at'
  /** Insertion was refused: the list is full (−12), or the length is 0 (−22). */
  | 'refused'
  /** Lies under an item of higher priority, to which that memory belongs: `by`. */
  | 'overlapped'
  /** Another item of the same priority covers it already: `by`. */
  | 'duplicate'
  /** Two overlapping items were merged, and the kernel's arithmetic dropped the whole of the second one. */
  | 'merge-defect'
  /** Cut off by rounding a resource's end to pages, or by arithmetic on lengths that are not whole pages. */
  | 'rounding'
  /** Outside the boot page table's range. */
  | 'outside-mapping';

/** A piece that no item of the list has any more, and why. */
export interface Loss extends Piece {
  readonly reason: LossReason;
  /** The source that has the memory instead, where one has. */
  readonly by?: number;
  /** Place in the run: index into `calls`, and into that call's `steps`. */
  readonly call: number;
  readonly step: number;
}

/** A message of the platform's code, without the kernel's prefix. */
export interface ListLine {
  readonly level: 'debug' | 'info' | 'warn' | 'err' | 'crit';
  readonly text: string;
}

/** What coalesce found out about two neighbours. Indexes are those of the step's `before`, after the swap if there was one. */
export interface PairDecision {
  readonly left: number;
  readonly right: number;
  readonly leftPriority: number;
  readonly rightPriority: number;
  readonly outcome:
    'none' | 'delete-left' | 'delete-right' | 'cut-left' | 'cut-right' | 'split-left' | 'merge-overlapping' | 'merge-contiguous';
  readonly swapped: boolean;
}

/** One step of a call, in the terms of the C code. */
export interface ListStep {
  /** `insert at 3`, `swap 4 and 5`, `right loses its front: 0x100000 → 0x124000`. */
  readonly text: string;
  readonly fn: string;
  readonly file: string;
  readonly before: readonly ListItem[];
  readonly after: readonly ListItem[];
  /** Indexes into `after` of items that the step made or changed. */
  readonly changed: readonly number[];
  readonly lines: readonly ListLine[];
  readonly lost: readonly Loss[];
  readonly pair?: PairDecision;
}

export type CallKind = 'begin' | 'insert' | 'insert_split' | 'coalesce' | 'alloc' | 'mem_init' | 'leave-out' | 'layout' | 'print';

/** A failed assertion or a crash: the boot ends here. */
export interface ListStop {
  readonly kind: 'assert' | 'crash';
  readonly message: string;
}

/** One C call on the list, or one turn of the code around it. */
export interface ListCall {
  readonly kind: CallKind;
  readonly fn: string;
  readonly file: string;
  /** The function that calls it: `multiboot_entry`. */
  readonly caller: string;
  /** `insert 0x100000…0x7fe0000 FREE`. */
  readonly title: string;
  /** Result as C has it: an index or negative errno; of alloc an address, 0 for NULL; undefined for functions without one. */
  readonly ret?: bigint;
  /** The descriptor that was given (insert), or asked for (alloc). */
  readonly region?: Region;
  /** At least one, unless the call did nothing. */
  readonly steps: readonly ListStep[];
  readonly stop?: ListStop;
}

/** Names of the lists that golden traces record. `kernel` is the list as the build made it. */
export type Stage = 'kernel' | 'inserted' | 'coalesced' | 'final';

/** The whole run. */
export interface ListRun {
  readonly firmware: FirmwareMap;
  readonly release: Release;
  readonly arch: Architecture;
  readonly sources: readonly Source[];
  readonly calls: readonly ListCall[];
  /** The list that heap_init gets; where the boot stopped before, the list as it was then. */
  readonly final: readonly ListItem[];
  /** Of all steps, in their order. */
  readonly lost: readonly Loss[];
  /** Number of calls after which the list is that of the stage. */
  readonly stages: Readonly<Partial<Record<Stage, number>>>;
  readonly stop?: ListStop;
}
