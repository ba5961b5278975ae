// A file on disk as bytes that are read when they are asked for: a dump of gigabytes is opened without being read.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StoredBytes } from '../memory/stored-bytes';

/** Bytes of the file that are looked at together when its zero parts are found. */
const CHUNK = 2 ** 20;
const ZEROS = Buffer.alloc(CHUNK);

export class FileBytes extends StoredBytes {
  private readonly file: number;
  readonly length: number;
  /** What was found not to be zero, once everything was gone through. */
  private found: (readonly [number, number])[] | undefined;

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

  /** The first time through, the file is read, and zero parts are remembered; then only what is left is named. */
  override *runs(): Iterable<readonly [number, number]> {
    if (this.found !== undefined) {
      yield* this.found;
      return;
    }
    const found: (readonly [number, number])[] = [];
    const buffer = Buffer.alloc(CHUNK);
    for (let from = 0; from < this.length;) {
      const count = readSync(this.file, buffer, 0, CHUNK, from);
      if (count === 0) break;
      if (buffer.compare(ZEROS, 0, count, 0, count) !== 0) {
        const run = [from, from + count] as const;
        found.push(run);
        yield run;
      }
      from += count;
    }
    this.found = found;
  }

  close(): void {
    closeSync(this.file);
  }
}
