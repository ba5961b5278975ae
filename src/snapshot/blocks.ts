// The blocks of a heap as columns: a heap may have a million of them, and an object each would cost a hundred times as much.

import { TWO_32 } from '../memory/address';

export const BLOCK_STATES = ['free', 'used', 'metadata', 'unread'] as const;
export type BlockState = (typeof BLOCK_STATES)[number];

/** One block, for where a handful is shown. */
export interface Block {
  readonly index: number;
  readonly base: bigint;
  /** Bytes, header and slack included. */
  readonly size: number;
  readonly state: BlockState;
  /** Order, bin or size class; −1 where the allocator has none. */
  readonly sizeClass: number;
  /** Bytes that were asked for; −1 when memory does not tell. */
  readonly asked: number;
  /** Address given to the caller; equals `base` where there is no header or memory does not tell. */
  readonly payload: bigint;
}

/** Blocks in ascending, disjoint order. Immutable once built. */
export class BlockTable {
  /** The halves of each base, the lower one first: a pass over a million blocks then makes no bigint. */
  private readonly halves: Uint32Array;

  private constructor(
    private readonly bases: BigUint64Array,
    private readonly sizes: Float64Array,
    private readonly states: Uint8Array,
    private readonly classes: Int16Array,
    private readonly askedBytes: Float64Array,
    private readonly payloadOffsets: Float64Array,
    readonly length: number,
  ) {
    this.halves = new Uint32Array(bases.buffer, bases.byteOffset, bases.length * 2);
  }

  /** Sorts by base. Overlapping blocks (damage) are kept as they are: their decoder has made a finding of it. */
  static of(builder: BlockBuilder): BlockTable {
    const { length } = builder;
    const order = Uint32Array.from({ length }, (_, i) => i);
    const bases = builder.bases;
    let sorted = true;
    for (let i = 1; i < length && sorted; i++) sorted = bases[i - 1]! <= bases[i]!;
    if (!sorted) order.sort((a, b) => (bases[a]! < bases[b]! ? -1 : bases[a]! > bases[b]! ? 1 : 0));
    const pick = <T extends Float64Array | Uint8Array | Int16Array>(from: T, to: T): T => {
      for (let i = 0; i < length; i++) to[i] = from[order[i]!]!;
      return to;
    };
    const sortedBases = new BigUint64Array(length);
    for (let i = 0; i < length; i++) sortedBases[i] = bases[order[i]!]!;
    return new BlockTable(
      sortedBases,
      pick(builder.sizes, new Float64Array(length)),
      pick(builder.states, new Uint8Array(length)),
      pick(builder.classes, new Int16Array(length)),
      pick(builder.askedBytes, new Float64Array(length)),
      pick(builder.payloadOffsets, new Float64Array(length)),
      length,
    );
  }

  base(i: number): bigint {
    return this.bases[i]!;
  }

  /** Bytes from the base of the first block to that of this one: exact below 2^53. */
  offset(i: number): number {
    const { halves } = this;
    return (halves[i * 2 + 1]! - halves[1]!) * TWO_32 + (halves[i * 2]! - halves[0]!);
  }

  size(i: number): number {
    return this.sizes[i]!;
  }

  end(i: number): bigint {
    return this.bases[i]! + BigInt(this.sizes[i]!);
  }

  state(i: number): BlockState {
    return BLOCK_STATES[this.states[i]!]!;
  }

  sizeClass(i: number): number {
    return this.classes[i]!;
  }

  asked(i: number): number {
    return this.askedBytes[i]!;
  }

  payload(i: number): bigint {
    return this.bases[i]! + BigInt(this.payloadOffsets[i]!);
  }

  /** Bytes from the base to the payload. */
  headerBytes(i: number): number {
    return this.payloadOffsets[i]!;
  }

  at(i: number): Block {
    return {
      index: i,
      base: this.base(i),
      size: this.size(i),
      state: this.state(i),
      sizeClass: this.sizeClass(i),
      asked: this.asked(i),
      payload: this.payload(i),
    };
  }

  /** Index of the last block that begins at or below `address`, or −1. */
  lastAtOrBelow(address: bigint): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.bases[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The block that holds an address, if one does. */
  holding(address: bigint): Block | undefined {
    const i = this.lastAtOrBelow(address);
    return i >= 0 && address < this.end(i) ? this.at(i) : undefined;
  }
}

/** Collects blocks in any order. */
export class BlockBuilder {
  length = 0;
  bases = new BigUint64Array(64);
  sizes = new Float64Array(64);
  states = new Uint8Array(64);
  classes = new Int16Array(64);
  askedBytes = new Float64Array(64);
  payloadOffsets = new Float64Array(64);

  /** `payload` is an address; without it the block's own base. */
  add(base: bigint, size: number, state: BlockState, sizeClass = -1, asked = -1, payload = base): void {
    if (this.length === this.bases.length) this.grow();
    const i = this.length++;
    this.bases[i] = base;
    this.sizes[i] = size;
    this.states[i] = BLOCK_STATES.indexOf(state);
    this.classes[i] = sizeClass;
    this.askedBytes[i] = asked;
    this.payloadOffsets[i] = Number(payload - base);
  }

  private grow(): void {
    const length = this.bases.length * 2;
    const larger = <T extends { set(from: T): void }>(to: T, from: T): T => (to.set(from), to);
    this.bases = larger(new BigUint64Array(length), this.bases);
    this.sizes = larger(new Float64Array(length), this.sizes);
    this.states = larger(new Uint8Array(length), this.states);
    this.classes = larger(new Int16Array(length), this.classes);
    this.askedBytes = larger(new Float64Array(length), this.askedBytes);
    this.payloadOffsets = larger(new Float64Array(length), this.payloadOffsets);
  }
}
