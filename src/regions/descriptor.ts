// Memory-region descriptors as a reader finds them: each field a number, or an expression that cannot be known.
//
//   classic, ≤ 0.11   struct ukplat_memregion_desc { base, len, flags[, name] }                      24 or 32 bytes
//   typed,   0.12+    struct ukplat_memregion_desc { pbase, vbase, len, type, flags[, name] }        32 or 64 bytes
//   paged,   0.17+    struct ukplat_memregion_desc { pbase, vbase, pg_off, len, pg_count, type, … }  48 or 80 bytes

import type { AllocatorId } from './allocator-id';
import type { FirmwareMap } from './firmware-map';
import type { Architecture, Config, Release } from './release';
import type { Problem, TextRange } from './problem';

export type Era = 'classic' | 'typed' | 'paged';

export const FIELD_NAMES = ['base', 'pbase', 'vbase', 'pg_off', 'len', 'pg_count', 'type', 'flags'] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

/** One field as it stands in the source. */
export interface Field {
  /** Unsigned 64-bit value (`pg_off`: as stored, two's complement); undefined when it cannot be known from what was given. */
  readonly value?: bigint;
  /** The text it was read from: `0x100000`, `UKPLAT_MEMRT_FREE`, `lcpu->boot_end - start`. */
  readonly text: string;
  readonly where?: TextRange;
  /** The `#if` condition under which the field is set at all, when the rest of its descriptor does not share it. */
  readonly condition?: string;
}

export interface Descriptor {
  readonly era: Era;
  readonly fields: Readonly<Partial<Record<FieldName, Field>>>;
  readonly name?: string;
  /** The whole descriptor in its source. */
  readonly where?: TextRange;
  /**
   * The condition under which a C source has it, as written: of `#if`, and of `if` where that makes it look different.
   * What the configuration decides is decided, and no condition any more.
   */
  readonly condition?: string;
  /** Descriptors of the same map, by index, that cannot be there together with this one: their conditions contradict. */
  readonly excludes?: readonly number[];
}

/** What a source says besides its descriptors. */
export interface Hints {
  readonly release?: Release;
  readonly arch?: Architecture;
  readonly allocator?: AllocatorId;
  readonly config?: Config;
}

export const SOURCE_KINDS = ['memory-map', 'c', 'gdb', 'log', 'image'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What a reader made of one input. */
export interface RegionMap {
  readonly kind: SourceKind;
  readonly descriptors: readonly Descriptor[];
  readonly hints: Hints;
  readonly problems: readonly Problem[];
  /** The firmware's map, where the input is one: the list that a boot gets is made from it, not from `descriptors`. */
  readonly firmware?: FirmwareMap;
}

/** A descriptor with every number known: what the boot works on. Addresses are unsigned. */
export interface Region {
  readonly index: number;
  /** Page-aligned physical start (classic: `base`). */
  readonly pbase: bigint;
  /** Page-aligned virtual start (classic: `base`). */
  readonly vbase: bigint;
  /** Bytes from `pbase` to the resource itself; 0 before 0.17. */
  readonly pgOff: bigint;
  readonly len: bigint;
  /** Pages covered; before 0.17 derived from `len`. */
  readonly pgCount: bigint;
  /** 0 in the classic era, which has flags only. */
  readonly type: number;
  readonly flags: number;
  readonly name: string;
}
