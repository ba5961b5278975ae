// The structures of TLSF 2.4.6 in memory, as Unikraft builds it (no statistics, no locks). L is CONFIG_TLSF_LOG2_SLI, S = 2^L.
//
//   region   base                     pool = priv[]                 pool + Z + 8
//            +------------------------+---------------------------+----------------------------------------------------+
//            | struct uk_alloc        | tlsf_t, Z bytes, 8 unused | area                                               |
//            +------------------------+---------------------------+----------------------------------------------------+
//
//   tlsf_t   +0    tlsf_signature  u32, 0x2A59FA59
//            +8    area_head       first area_info
//            +16   fl_bitmap       u32: bit f = row f has a free block
//            +20   sl_bitmap[24]   u32 a row: bit s = list (f,s) has a free block
//            +120  matrix[24][S]   first free block of list (f,s), or NULL                        Z = 120 + 192·S
//
//   area     +0         +16         +32            first block                          sentinel
//            +----------+-----------+------------------------------------~--------------+----------+
//            | header,  | area_info | header, then payload, then the next header …      | header   |
//            | size 16  | end, next |                                                    | size 0   |
//            +----------+-----------+------------------------------------~--------------+----------+
//
//   bhdr_t   +0    prev_hdr   header of the physically previous block; valid only while PREV_FREE is set, stale otherwise
//            +8    size       payload bytes, a multiple of 16, and the flags; bits 32 … 63 are masked off when it is read
//            +16   payload; in a free block prev (+16) and next (+24) of its list
//
// The mask for the size is 32 bits wide and leaves bit 3, as in C.

export const Tlsf = { tlsf_signature: 0, area_head: 8, fl_bitmap: 16, sl_bitmap: 20, matrix: 120 } as const;

export const SIGNATURE = 0x2a59fa59;

/** Rows of the two bitmaps and the matrix that exist. */
export const REAL_FLI = 24;

export const Header = { prev_hdr: 0, size: 8, payload: 16, prev: 16, next: 24, bytes: 16 } as const;

export const AreaInfo = { end: 0, next: 8, bytes: 16 } as const;

/** Set in a header's size: this block is free. */
export const FREE = 1;
/** Set in a header's size: the physically previous block is free, and `prev_hdr` is valid. */
export const PREV_FREE = 2;
/** What of a header's size word counts as size, upper half aside. */
export const SIZE_MASK = 0xffff_fff8;

/** Payload of the smallest block, and the unit of sizes. */
export const MIN_BLOCK = 16;
/** Sizes below this share row 0. */
export const SMALL_BLOCK = 128;
/** From the highest bit of a size to its row. */
export const FLI_OFFSET = 6;
/** A rest of at least this many bytes becomes a block of its own. */
export const SPLIT_REST = 32;

/** Default of CONFIG_TLSF_LOG2_SLI. */
export const DEFAULT_LOG2_SLI = 5;
/** Values from here on do not fit the C code's tables; no compiler makes a kernel of them. */
export const MAX_LOG2_SLI = 24;

/** `sizeof(tlsf_t)`. */
export function controlSize(log2Sli: number): number {
  return Tlsf.matrix + 8 * REAL_FLI * 2 ** log2Sli;
}

/** Offset of the first area from the pool. */
export function areaOffset(log2Sli: number): number {
  return controlSize(log2Sli) + 8;
}

/** Bytes that a pool needs beyond its control structure. */
export const LEAST_AREA = 128;
