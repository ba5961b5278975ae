// The bootinfo in use, whose list the boot worked on. Of several copies in memory it is the one that lies in the region of the kernel which
// it describes, and has regions to give away; the image as it was loaded has neither. So a dump need not be gone through to its end.

import type { MemoryImage } from '../memory/image';
import type { AddressRange, Reader } from '../memory/reader';
import { BOOTINFO_OVERLAP, bootinfosIn, readBootinfo } from '../readers/descriptor-array';

const KERNEL = 4n;
const FREE = 1n;
/** Kernels lie near the start of RAM: so much of it is looked at, which takes a second. */
export const NEAR_START = 2n ** 28n;

/**
 * Yields the bytes looked at so far.
 *
 * @param within addresses to look at; by default the first 256 MiB that the image holds
 */
export function* findUsedBootinfo(image: MemoryImage, within = startOf(image)): Generator<number, bigint | undefined> {
  const reader = image.reader();
  let last: bigint | undefined;
  let done = 0;
  for (const piece of image.pieces(2 ** 20, BOOTINFO_OVERLAP, within)) {
    for (const address of bootinfosIn(piece, reader)) {
      last = address;
      if (liesInItsKernel(reader, address) && hasFree(reader, address)) return address;
    }
    done += piece.bytes.length;
    yield done;
  }
  return last;
}

/** Is a bootinfo where one of its own regions says that the kernel is? */
export function liesInItsKernel(reader: Reader, address: bigint): boolean {
  return (readBootinfo(reader, address)?.descriptors ?? []).some(({ fields }) => {
    const [base, len] = [fields.pbase?.value, fields.len?.value];
    return fields.type?.value === KERNEL && base !== undefined && len !== undefined && address >= base && address < base + len;
  });
}

function hasFree(reader: Reader, address: bigint): boolean {
  return (readBootinfo(reader, address)?.descriptors ?? []).some((d) => d.fields.type?.value === FREE);
}

function startOf(image: MemoryImage): AddressRange {
  const base = image.segments[0]?.base ?? 0n;
  return { base, end: base + NEAR_START };
}
