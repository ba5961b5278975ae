// What only one allocator has, for the panes that show it. Like the rest of a snapshot it was read from memory; the functions answer
// questions about that state and change nothing.

import type { ShadowSpace } from './shadow';

import type { MimallocDetails } from './mimalloc';

/** The way of one `uk_malloc` through TLSF. A class is `row · columns + column`. */
export interface TlsfRequest {
  /** Bytes asked for by the caller, and with the record of the ukalloc layer. */
  readonly asked: bigint;
  readonly withRecord: bigint;
  /** Rounded up to 16, and then to the start of a class: what the block will hold. */
  readonly aligned: bigint;
  readonly rounded: bigint;
  /** Class that a free block of exactly `aligned` bytes is in, which is not looked at unless it is the one below as well. */
  readonly ownClass: number;
  /** First class that is looked at. */
  readonly searchClass: number;
  /** Class that is found; undefined when the request gets NULL. */
  readonly foundClass?: number;
  /** Header of the block that would be taken, and its payload bytes. */
  readonly block?: bigint;
  readonly blockSize?: number;
  /** What the caller gets. */
  readonly result?: bigint;
  /** Payload bytes of the free block that is split off, 0 when the whole block is given; and its header. */
  readonly rest: number;
  readonly restBlock?: bigint;
  /** `overrun`: the block found is smaller than the request, and the C code runs wild. */
  readonly outcome: 'split' | 'whole' | 'none' | 'overrun';
}

/** TLSF: the two-level bitmap with the lists behind it. */
export interface TlsfDetails {
  readonly kind: 'tlsf';
  readonly rows: number;
  /** 2^L */
  readonly columns: number;
  /** `fl_bitmap`: bit f = row f has a free block. */
  readonly flBitmap: number;
  /** `sl_bitmap`, a word a row: bit s = list (f,s) has a free block. */
  readonly slBitmap: readonly number[];
  /** Members of each list, by class, as far as it could be walked. */
  readonly counts: Uint32Array;
  /** Payload bytes of the free blocks in each list. */
  readonly bytes: Float64Array;
  /** Sizes that a class holds: `[from, to)` in payload bytes. */
  range(sizeClass: number): { readonly from: number; readonly to: number };
  /** Address of a list's head in `matrix`. */
  headAddress(sizeClass: number): bigint;
  /** What a request of `size` bytes would meet now. */
  request(size: bigint): TlsfRequest;
}

/** One descriptor of tinyalloc (`Block`) that is on a list. */
export interface TinyallocBlock {
  readonly descriptor: bigint;
  readonly addr: bigint;
  readonly size: bigint;
}

/** `none`: on no list; `several`: on more than one, or twice on one. */
export const DESCRIPTOR_STATES = ['none', 'free', 'used', 'fresh', 'several'] as const;
export type DescriptorState = (typeof DESCRIPTOR_STATES)[number];

/** The way of one `uk_malloc` through tinyalloc. */
export interface TinyallocRequest {
  readonly asked: bigint;
  readonly withRecord: bigint;
  /** Rounded up to the alignment: what the block will hold. */
  readonly rounded: bigint;
  /** Free blocks that are looked at and are too small. */
  readonly refused: number;
  /** Descriptor that is taken from `free`, or the fresh one when the block is carved from `top`. */
  readonly descriptor?: bigint;
  readonly block?: bigint;
  /** Bytes of the free block that is split off. */
  readonly rest: bigint;
  /** `top`: the block that ends at `top` is grown or shrunk; `carved`: new memory from `top`; `none`: NULL. */
  readonly outcome: 'top' | 'split' | 'whole' | 'carved' | 'none';
}

/** tinyalloc: the descriptor table and its three lists. */
export interface TinyallocDetails {
  readonly kind: 'tinyalloc';
  /** Address of Block[0], and bytes of one. */
  readonly table: bigint;
  readonly descriptorSize: number;
  /** Index into DESCRIPTOR_STATES of each descriptor. */
  readonly states: Uint8Array;
  /** `free` in search order, `used` in the order in which a free looks for its block. */
  readonly free: readonly TinyallocBlock[];
  readonly used: readonly TinyallocBlock[];
  readonly fresh: readonly bigint[];
  readonly top: bigint;
  readonly limit: bigint;
  readonly compacts: boolean;
  readonly splits: boolean;
  /** A free block is split where at least this many bytes remain. */
  readonly splitThresh: bigint;
  /** First byte behind the table: where the first block begins. */
  readonly from: bigint;
  /** Address of each list's head, and whether the walk along it ended with NULL. */
  readonly heads: Readonly<Record<'free' | 'used' | 'fresh', { readonly at: bigint; readonly complete: boolean }>>;
  /** What a request of `size` bytes would meet now. */
  request(size: bigint): TinyallocRequest;
}

/** What one `uk_malloc` of the region allocator would do. */
export interface RegionRequest {
  readonly asked: bigint;
  /** Where the block would begin: the pointer, rounded. */
  readonly block: bigint;
  /** Bytes passed over for the alignment. */
  readonly padding: bigint;
  /** The pointer afterwards; where the request is refused, what it would have to be. May be past 2^64. */
  readonly next: bigint;
  /** `nothing`: of size 0; `wrong-words`: 0.20 looks for its two words in the wrong place, and finds no room there. */
  readonly outcome: 'given' | 'no-room' | 'nothing' | 'wrong-words';
}

/** The region allocator: two words, and what lies between. */
export interface RegionDetails {
  readonly kind: 'region';
  /** First byte behind the structure: where the first block begins, or, downward, where the last one may. */
  readonly from: bigint;
  /** The word that moves, by its name, and where it stands. */
  readonly pointer: { readonly name: 'heap_base' | 'heap_pos'; readonly at: bigint; readonly value: bigint | undefined };
  /** First byte after the region; undefined where memory does not keep it (from 0.20 on). */
  readonly end: bigint | undefined;
  readonly downward: boolean;
  /** Do the words lie in the order in which they have to? Else nothing is known of the heap. */
  readonly sound: boolean;
  /** What a request of `size` bytes would meet now; undefined where the words are not sound. */
  request(size: bigint): RegionRequest | undefined;
}

export type AllocatorDetails = TlsfDetails | TinyallocDetails | RegionDetails | MimallocDetails | ShadowSpace;
