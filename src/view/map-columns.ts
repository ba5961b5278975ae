// The columns that runs and cells are collected in, and the typed arrays that cross to the webview.

import type { Cells, Runs } from './map-items';

const RUN_TYPES = {
  kind: Uint8Array, from: Float64Array, size: Float64Array, solid: Float64Array, sizeClass: Int16Array, tint: Float32Array,
  flags: Uint8Array, since: Int32Array, label: Int32Array, shade: Uint8Array,
} as const; // prettier-ignore

const CELL_TYPES = {
  asked: Float32Array, slack: Float32Array, free: Float32Array, metadata: Float32Array, unread: Float32Array, tint: Float32Array,
  largestClass: Int16Array, largestFree: Float64Array, usedBlocks: Uint32Array, freeBlocks: Uint32Array, flags: Uint8Array,
  shade: Uint8Array, freeShade: Uint8Array, shadeShare: Float32Array, block: Int32Array, label: Int32Array, region: Int8Array,
} as const; // prettier-ignore

interface TypedArrayType {
  from(values: readonly number[]): ArrayLike<number>;
}

/** Rows of a table that grows, kept by column. */
class Columns<K extends string> {
  private readonly types: Readonly<Record<K, TypedArrayType>>;
  private readonly columns: Record<K, number[]>;
  length = 0;

  constructor(types: Readonly<Record<K, TypedArrayType>>) {
    this.types = types;
    this.columns = Object.fromEntries(Object.keys(types).map((k) => [k, []])) as unknown as Record<K, number[]>;
  }

  /** @returns index of the new row */
  push(row: Readonly<Record<K, number>>): number {
    for (const key in this.columns) this.columns[key].push(row[key]);
    return this.length++;
  }

  column(key: K): readonly number[] {
    return this.columns[key];
  }

  protected arrays(): Record<K, ArrayLike<number>> {
    const keys = Object.keys(this.types) as K[];
    return Object.fromEntries(keys.map((k) => [k, this.types[k].from(this.columns[k])])) as Record<K, ArrayLike<number>>;
  }
}

export class RunColumns extends Columns<keyof Runs> {
  constructor() {
    super(RUN_TYPES);
  }

  result(): Runs {
    return this.arrays() as unknown as Runs;
  }
}

export class CellColumns extends Columns<keyof Cells> {
  constructor() {
    super(CELL_TYPES);
  }

  result(): Cells {
    return this.arrays() as unknown as Cells;
  }
}
