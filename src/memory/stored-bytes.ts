// Bytes of a file that need not be in memory as a whole: read on demand from a disk, or kept without their zero pages.

/** A sequence of bytes with random access. Reading is synchronous: a decoder cannot wait. */
export abstract class StoredBytes {
  /** Bytes in all; exact up to 2^53. */
  abstract readonly length: number;

  /** Bytes `[from, to)`, cut to what there is. A view where possible: not to be written to. */
  abstract read(from: number, to: number): Uint8Array;

  /** Runs in ascending order, of what lies in `[from, to)`, outside of which every byte is zero. */
  abstract runs(from: number, to: number): Iterable<readonly [from: number, to: number]>;

  /** A part of these bytes; no copy. */
  subarray(from: number, to: number): StoredBytes {
    return new Part(this, from, to);
  }
}

class Part extends StoredBytes {
  private readonly whole: StoredBytes;
  private readonly from: number;
  readonly length: number;

  constructor(whole: StoredBytes, from: number, to: number) {
    super();
    this.whole = whole;
    this.from = Math.min(from, whole.length);
    this.length = Math.max(0, Math.min(to, whole.length) - this.from);
  }

  read(from: number, to: number): Uint8Array {
    return this.whole.read(this.from + from, this.from + Math.min(to, this.length));
  }

  override *runs(from: number, to: number): Iterable<readonly [number, number]> {
    const end = Math.min(to, this.length);
    for (const [start, stop] of this.whole.runs(this.from + from, this.from + end)) yield [start - this.from, stop - this.from];
  }

  override subarray(from: number, to: number): StoredBytes {
    return new Part(this.whole, this.from + from, this.from + Math.min(to, this.length));
  }
}

/** What holds bytes: in memory, or stored. */
export type Bytes = Uint8Array | StoredBytes;

/** Bytes `[from, to)` of either, cut to what there is. */
export function readBytes(bytes: Bytes, from: number, to: number): Uint8Array {
  return bytes instanceof Uint8Array ? bytes.subarray(from, to) : bytes.read(from, to);
}

/** Runs, of what lies in `[from, to)`, outside of which every byte is zero; bytes in memory are one run. */
export function runsOf(bytes: Bytes, from = 0, to = bytes.length): Iterable<readonly [from: number, to: number]> {
  return bytes instanceof Uint8Array ? [[from, Math.min(to, bytes.length)]] : bytes.runs(from, to);
}
