// The blocks of a heap as columns: a heap may have a million of them, and an object each would cost a hundred times as much.

import { toNumber, TWO_32 } from '../memory/address';
import { orderOf } from './block-order';

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
  private readonly bases: BigUint64Array;

  private constructor(
    /** The halves of each base, the lower one first: a pass over a million blocks then makes no bigint. */
    private readonly halves: Uint32Array,
    private readonly sizes: Float64Array,
    private readonly states: Uint8Array,
    private readonly classes: Int16Array,
    private readonly askedBytes: Float64Array,
    private readonly payloadOffsets: Float64Array,
    readonly length: number,
  ) {
    this.bases = new BigUint64Array(halves.buffer, halves.byteOffset, length);
  }

  /** Sorts by base. Overlapping blocks (damage) are kept as they are: their decoder has made a finding of it. */
  static of(builder: BlockBuilder): BlockTable {
    const { length } = builder;
    const order = orderOf(builder.halves, length);
    // A builder of the right size is taken over.
    const fit = <T extends Column>(from: T): T => (from.length === length ? from : (from.slice(0, length) as T));
    const pick = <T extends Column>(from: T): T => {
      if (order === undefined) return fit(from);
      const to = from.slice(0, length) as T;
      for (let i = 0; i < length; i++) to[i] = from[order[i]!]!;
      return to;
    };
    let halves = builder.halves.length === length * 2 ? builder.halves : builder.halves.slice(0, length * 2);
    if (order !== undefined) {
      halves = new Uint32Array(length * 2);
      for (let i = 0; i < length; i++) {
        halves[i * 2] = builder.halves[order[i]! * 2]!;
        halves[i * 2 + 1] = builder.halves[order[i]! * 2 + 1]!;
      }
    }
    return new BlockTable(
      halves,
      pick(builder.sizes),
      pick(builder.states),
      pick(builder.classes),
      pick(builder.askedBytes),
      pick(builder.payloadOffsets),
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
    const { halves } = this;
    const upper = Number(address >> 32n);
    const lower = Number(address & 0xffff_ffffn);
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const above = halves[middle * 2 + 1]! - upper;
      if (above < 0 || (above === 0 && halves[middle * 2]! <= lower)) low = middle + 1;
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

type Column = Uint32Array | Float64Array | Uint8Array | Int16Array;

/** Collects blocks in any order. */
export class BlockBuilder {
  length = 0;
  /** The halves of each base, the lower one first. */
  halves: Uint32Array;
  sizes: Float64Array;
  states: Uint8Array;
  classes: Int16Array;
  askedBytes: Float64Array;
  payloadOffsets: Float64Array;

  /** @param expected how many blocks there will be, where that is known: exactly, best */
  constructor(expected = 64) {
    const length = Math.max(1, expected);
    this.halves = new Uint32Array(length * 2);
    this.sizes = new Float64Array(length);
    this.states = new Uint8Array(length);
    this.classes = new Int16Array(length);
    this.askedBytes = new Float64Array(length);
    this.payloadOffsets = new Float64Array(length);
  }

  /** `payload` is an address; without it the block's own base. */
  add(base: bigint, size: number, state: BlockState, sizeClass = -1, asked = -1, payload = base): void {
    const near = toNumber(base);
    this.addAt(near, size, state, sizeClass, asked, payload === base ? 0 : Number(payload - base));
    if (Number.isSafeInteger(near)) return;
    const i = this.length - 1;
    this.halves[i * 2] = Number(base & 0xffff_ffffn);
    this.halves[i * 2 + 1] = Number(base >> 32n);
  }

  /** @param base its signed reading, see `address.ts` */
  addAt(base: number, size: number, state: BlockState, sizeClass: number, asked: number, headerBytes: number): void {
    if (this.length === this.sizes.length) this.grow();
    const i = this.length++;
    this.halves[i * 2] = base;
    this.halves[i * 2 + 1] = Math.floor(base / TWO_32);
    this.sizes[i] = size;
    this.states[i] = BLOCK_STATES.indexOf(state);
    this.classes[i] = sizeClass;
    this.askedBytes[i] = asked;
    this.payloadOffsets[i] = headerBytes;
  }

  private grow(): void {
    const length = this.sizes.length * 2;
    const larger = <T extends Column>(to: T, from: T): T => (to.set(from), to);
    this.halves = larger(new Uint32Array(length * 2), this.halves);
    this.sizes = larger(new Float64Array(length), this.sizes);
    this.states = larger(new Uint8Array(length), this.states);
    this.classes = larger(new Int16Array(length), this.classes);
    this.askedBytes = larger(new Float64Array(length), this.askedBytes);
    this.payloadOffsets = larger(new Float64Array(length), this.payloadOffsets);
  }
}
