// The columns that runs and cells are collected in, and the typed arrays that cross to the webview.

import type { Cells, Runs } from './items';

const RUN_TYPES = {
  kind: Uint8Array, from: Float64Array, size: Float64Array, solid: Float64Array, sizeClass: Int16Array, tint: Float32Array,
  flags: Uint8Array, since: Int32Array, label: Int32Array, shade: Uint8Array,
} as const; // prettier-ignore

const CELL_TYPES = {
  asked: Float32Array, slack: Float32Array, free: Float32Array, metadata: Float32Array, unread: Float32Array, tint: Float32Array,
  largestClass: Int16Array, largestFree: Float64Array, usedBlocks: Uint32Array, freeBlocks: Uint32Array, flags: Uint8Array,
  shade: Uint8Array, freeShade: Uint8Array, shadeShare: Float32Array, block: Int32Array, label: Int32Array, region: Int8Array,
} as const; // prettier-ignore

type Column = Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint8Array | Int8Array;
type Table = Runs | Cells;
type Types<T extends Table> = Readonly<Record<keyof T, new (from: number | Column) => Column>>;

/** Rows of a table that grows, kept by column. */
class Columns<T extends Table> {
  length = 0;
  /** As long as `length` asks for, or longer. Replaced when it grows. */
  arrays: T;
  private readonly types: Types<T>;
  private readonly names: readonly (keyof T)[];
  private room = 256;

  constructor(types: Types<T>) {
    this.types = types;
    this.names = Object.keys(types) as (keyof T)[];
    this.arrays = this.made((type) => new type(this.room));
  }

  /** @returns index of a new row, to be filled in */
  claim(): number {
    if (this.length === this.room) this.grow(this.room * 2);
    return this.length++;
  }

  /** Makes room for so many more rows: at first exactly that, later at least twice what there is, as heaps of many pieces ask often. */
  reserve(rows: number): void {
    const needed = this.length + rows;
    if (needed > this.room) this.grow(this.length === 0 ? needed : Math.max(needed, this.room * 2));
  }

  /** The rows so far. What crosses to the webview crosses with all of its buffer, so nothing is longer than it says. */
  result(): T {
    return this.length === this.room ? this.arrays : this.made((_, name) => (this.arrays[name] as Column).slice(0, this.length));
  }

  private grow(room: number): void {
    this.room = room;
    const before = this.arrays;
    this.arrays = this.made((type, name) => {
      const larger = new type(this.room);
      larger.set(before[name] as Column);
      return larger;
    });
  }

  private made(make: (type: new (from: number | Column) => Column, name: keyof T) => Column): T {
    return Object.fromEntries(this.names.map((name) => [name, make(this.types[name], name)])) as unknown as T;
  }
}

export class RunColumns extends Columns<Runs> {
  constructor() {
    super(RUN_TYPES);
  }

  push(row: Readonly<Record<keyof Runs, number>>): void {
    const i = this.claim();
    for (const name in row) this.arrays[name as keyof Runs][i] = row[name as keyof Runs];
  }
}

export class CellColumns extends Columns<Cells> {
  constructor() {
    super(CELL_TYPES);
  }
}
