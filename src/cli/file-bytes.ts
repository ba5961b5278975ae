// A file on disk as bytes that are read when they are asked for: a dump of gigabytes is opened without being read.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StoredBytes } from '../memory/stored-bytes';

/** Bytes of the file that are looked at together when its zero parts are found. */
const CHUNK = 2 ** 20;
const ZEROS = Buffer.alloc(CHUNK);

export class FileBytes extends StoredBytes {
  private readonly file: number;
  readonly length: number;
  /** Of each chunk that was looked at: is it zero? */
  private readonly zero = new Map<number, boolean>();
  private readonly buffer = Buffer.alloc(CHUNK);

  /** @throws an error of Node's when it cannot be opened */
  constructor(path: string) {
    super();
    this.file = openSync(path, 'r');
    this.length = fstatSync(this.file).size;
  }

  override read(from: number, to: number): Uint8Array {
    const count = Math.max(0, Math.min(to, this.length) - from);
    const bytes = new Uint8Array(count);
    let at = 0;
    // A file that shrank since it was opened ends early: what is missing was never there.
    for (let got = 1; at < count && got > 0; at += got) got = readSync(this.file, bytes, at, count - at, from + at);
    return at < count ? bytes.subarray(0, at) : bytes;
  }

  /** Chunks that are zero are remembered, so that they are read only once. */
  override *runs(from: number, to: number): Iterable<readonly [number, number]> {
    const end = Math.min(to, this.length);
    for (let chunk = Math.floor(from / CHUNK); chunk * CHUNK < end; chunk++) {
      if (!this.isZero(chunk)) yield [Math.max(from, chunk * CHUNK), Math.min(end, (chunk + 1) * CHUNK)];
    }
  }

  private isZero(chunk: number): boolean {
    const known = this.zero.get(chunk);
    if (known !== undefined) return known;
    const count = readSync(this.file, this.buffer, 0, CHUNK, chunk * CHUNK);
    const zero = this.buffer.compare(ZEROS, 0, count, 0, count) === 0;
    this.zero.set(chunk, zero);
    return zero;
  }

  close(): void {
    closeSync(this.file);
  }
}
