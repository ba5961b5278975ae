// Shadow address space: what a secure allocator gives to the program instead of the addresses of memory. Drawn beside the memory map.

import type { AddressRange, Reader } from '../memory/reader';
import type { AllocatorId } from '../regions/allocator-id';

/**
 * What a page of shadow address space is. `live`: mapped, its object is alive; `spare`: mapped, ready for the next object on its frames;
 * `orphan`: mapped without an object (damage); `revoked`: its entry says that it was taken away; `gone`: handed out once, and the
 * table that knew more is gone or cleared; `guard`: kept without a mapping behind a shadow; `gap`: free, below an address that is used.
 */
export const SHADOW_STATES = ['live', 'spare', 'orphan', 'revoked', 'gone', 'guard', 'gap'] as const;
export type ShadowState = (typeof SHADOW_STATES)[number];

/** Neighbouring pages of one state, of one object, with neighbouring frames. */
export interface ShadowRun {
  readonly base: bigint;
  readonly pages: number;
  readonly state: ShadowState;
  /** Frame of the first page, for what is mapped. */
  readonly frame?: bigint;
  /** Frame that the first page had, where a revoked entry still says so. */
  readonly was?: bigint;
  /** Index in `objects`, for what is live. */
  readonly object?: number;
}

/** An object that the program holds. */
export interface ShadowObject {
  /** What the program got. */
  readonly pointer: bigint;
  /** The same byte where the canonical allocator believes it is. */
  readonly canonical: bigint;
  /** Bytes asked for. */
  readonly size: number;
  /** First page of its shadow, and pages. */
  readonly base: bigint;
  readonly pages: number;
  /** Address of the record that says so. */
  readonly record: bigint;
}

/** One page of page table. Level 4 is the root, 1 the leaf. */
export interface ShadowTable {
  readonly address: bigint;
  readonly level: 1 | 2 | 3 | 4;
  /** First shadow address that it translates; 0 for the root. */
  readonly base: bigint;
}

/** One entry that a translation reads. */
export interface WalkStep {
  readonly level: 1 | 2 | 3 | 4;
  readonly index: number;
  /** Address of the entry; undefined when its table is not known. */
  readonly entry?: bigint;
  /** Undefined when it is not in the memory read. */
  readonly value?: bigint;
}

/** How the processor translates one address: from the root to a frame, or to the entry that stops it. */
export interface ShadowWalk {
  readonly steps: readonly WalkStep[];
  /** The byte that is reached; undefined when the access traps. */
  readonly reaches?: bigint;
  /** What the page is; undefined for one that was never handed out. */
  readonly state?: ShadowState;
}

export interface ShadowSpace {
  readonly kind: 'oscar';
  readonly preset: 'wilde' | 'paper';
  /** The allocator below. */
  readonly canonical: AllocatorId;
  /** All shadow addresses that there are. */
  readonly start: bigint;
  readonly end: bigint;
  /** Addresses from here on were never handed out. */
  readonly mark: bigint;
  /** `[start, mark)`, ascending and without holes. */
  readonly runs: readonly ShadowRun[];
  /** In ascending order of shadow address. */
  readonly objects: readonly ShadowObject[];
  /** In the order of the allocator's list. */
  readonly free: readonly AddressRange[];
  readonly tables: readonly ShadowTable[];
  /** Costs that were counted on the way: `maps`, `unmaps`, `refreshes`, `invlpg`, `tables_made`, `tables_freed`; empty for a dump. */
  readonly counters: Readonly<Record<string, number>>;
  /** Translates an address in `[start, end)`. */
  walk(address: bigint): ShadowWalk;
}

/** The run that holds an address, if one does. */
export function runHolding(space: ShadowSpace, address: bigint): ShadowRun | undefined {
  let low = 0;
  let high = space.runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (space.runs[middle]!.base <= address) low = middle + 1;
    else high = middle;
  }
  const run = space.runs[low - 1];
  return run !== undefined && address < run.base + BigInt(run.pages) * 4096n ? run : undefined;
}

/** Frame that an address is mapped to in other memory of the same kernel; undefined where it is not mapped. */
export function frameBehind(space: ShadowSpace, reader: Reader, address: bigint): bigint | undefined {
  let table = space.tables.find((t) => t.level === 4)?.address;
  for (let level = 4n; level >= 1n && table !== undefined; level--) {
    const index = (address >> (3n + 9n * level)) & 511n;
    const entry: bigint | undefined = reader.u64(table + index * 8n);
    if (entry === undefined || (entry & 1n) === 0n) return undefined;
    table = withoutFlags(entry);
  }
  return table;
}

/** Bit 63 is *no execute* in an entry whose address does not reach up to it. */
function withoutFlags(entry: bigint): bigint {
  const address = entry - (entry & 0xfffn);
  return address >> 52n === 0x800n ? address & ((1n << 52n) - 1n) : address;
}
