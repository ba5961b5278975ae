// Where does a raw binary belong that says nothing of itself? Structures that point at themselves tell: what is at offset o of the file
// and says that it is at address a puts the file at a − o.

import { MemoryImage } from '../memory/image';
import { readBytes, runsOf, type Bytes } from '../memory/stored-bytes';
import { findUsedBootinfo, liesInItsKernel } from './bootinfo';

export interface Placed {
  readonly base: bigint;
  /** Why: a clause. */
  readonly says: string;
}

/** Heads of empty bbuddy lists stand side by side and lead to sentinels that are 24 bytes apart. */
const SENTINEL = 24n;
/** So many of them in a row are no chance. */
const LEAST_HEADS = 16;
const HEADS = 52;
const PIECE = 2 ** 20;

/** Bases at which RAM begins on the machines that Unikraft runs on: PCs, and QEMU's arm64 `virt`. */
const USUAL = [0n, 0x4000_0000n];

/** Yields the bytes looked at so far. Undefined when nothing in the file tells. */
export function* placeRaw(bytes: Bytes): Generator<number, Placed | undefined> {
  for (const base of USUAL) {
    const image = MemoryImage.of([{ base, bytes }]);
    const at = yield* findUsedBootinfo(image);
    if (at === undefined || !liesInItsKernel(image.reader(), at)) continue;
    return { base, says: 'its bootinfo then lies in the region of the kernel that it describes' };
  }
  let done = 0;
  for (const [from, to] of runsOf(bytes)) {
    for (let at = from; at < to; at += PIECE) {
      const piece = readBytes(bytes, at, Math.min(bytes.length, Math.min(to, at + PIECE) + 8 * HEADS));
      const found = ownSentinels(piece, at);
      if (found !== undefined) return found;
      done += piece.length;
      yield done;
    }
  }
  return undefined;
}

/** Word i of a bbuddy's heads is the address of sentinel i, which stands 8·(52 − i) + 24·i bytes further on. */
function ownSentinels(bytes: Uint8Array, offset: number): Placed | undefined {
  const skip = -offset & 7;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let run = 0;
  let before = 0n;
  for (let at = skip; at + 8 <= bytes.length; at += 8) {
    // The halves first: most words are zero.
    const low = view.getUint32(at, true);
    if (low === 0 && run === 0) continue;
    const word = view.getBigUint64(at, true);
    run = word !== 0n && word === before + SENTINEL ? run + 1 : 0;
    before = word;
    if (run < LEAST_HEADS) continue;
    // The run ends at the last head; the first sentinel begins right behind it.
    const next = at + 16 <= bytes.length ? view.getBigUint64(at + 8, true) : undefined;
    if (next === word + SENTINEL) continue;
    const behind = BigInt(offset + at + 8);
    const base = word - SENTINEL * BigInt(HEADS - 1) - behind;
    if (base < 0n || base % 4096n !== 0n) continue;
    return {
      base,
      says: `the empty lists of a binary buddy at offset ${offset + at - 8 * (HEADS - 1)} then lead to their own sentinels`,
    };
  }
  return undefined;
}
