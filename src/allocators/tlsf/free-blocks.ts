// The free blocks that the walk through memory met, found again by the address of their header: a list's members are looked up in any
// order, and there may be hundreds of thousands.

import { FREE, Header } from './layout';
import { toNumber } from '../../memory/address';
import type { AreaRecord, PhysicalBlocks } from './physical';

/** A table of twice as many places as blocks, probed one after the other. */
export class FreeBlocks {
  /** Headers, signed readings; in the order of the walk. */
  readonly headers: Float64Array;
  /** Bytes of payload. */
  readonly sizes: Float64Array;
  readonly length: number;
  /** Was the physical walk complete, so that what it did not find is not there? */
  readonly complete: boolean;
  private readonly spans: readonly { readonly from: number; readonly end: number }[];
  /** Index + 1 at each place; 0 for none. */
  private readonly places: Int32Array;
  private readonly shift: number;

  constructor(physical: PhysicalBlocks, areas: readonly AreaRecord[]) {
    this.spans = areas.map(({ info, end }) => ({ from: toNumber(info) - Header.payload, end: toNumber(end) }));
    this.complete = this.spans.every(({ end }, i) => physical.reached[i] === end);
    let count = 0;
    for (let i = 0; i < physical.length; i++) count += physical.flags[i]! & FREE;
    const bits = Math.max(4, 33 - Math.clz32(count));
    this.places = new Int32Array(2 ** bits);
    this.shift = 32 - bits;
    this.headers = new Float64Array(count);
    this.sizes = new Float64Array(count);
    let length = 0;
    for (let i = 0; i < physical.length; i++) {
      const header = physical.headers[i]!;
      if ((physical.flags[i]! & FREE) === 0 || header === this.spans[physical.areas[i]!]!.end) continue;
      // Areas that overlap meet a block twice.
      const place = this.placeOf(header);
      const at = this.places[place] === 0 ? length++ : this.places[place]! - 1;
      this.places[place] = at + 1;
      this.headers[at] = header;
      this.sizes[at] = physical.sizes[i]!;
    }
    this.length = length;
  }

  /** −1 where no free block begins. */
  indexOf(header: number): number {
    return this.places[this.placeOf(header)]! - 1;
  }

  /** Bytes of payload; undefined where no free block begins. */
  sizeOf(header: number): number | undefined {
    const i = this.indexOf(header);
    return i < 0 ? undefined : this.sizes[i];
  }

  /** Can a header lie there? */
  contains(header: number): boolean {
    return header % 8 === 0 && this.spans.some((s) => header >= s.from && header < s.end);
  }

  /** Where a header stands in the table, or would. */
  private placeOf(header: number): number {
    const { places, headers } = this;
    let place = Math.imul((header / 8) | 0, 0x9e3779b1) >>> this.shift;
    while (places[place] !== 0 && headers[places[place]! - 1] !== header) place = (place + 1) & (places.length - 1);
    return place;
  }
}
