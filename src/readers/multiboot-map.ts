// The bytes of a multiboot memory map, as they lie in memory where multiboot_info.mmap_addr points: records one after the other, little-
// endian and without padding (Multiboot Specification 0.6.96, section 3.3).
//
//   +0 size u32, of the rest of the record   +4 addr u64   +12 len u64   +20 type u32

import { e820Kind, type FirmwareEntry } from '../regions/firmware-map';

const LEAST = 20;
const MOST = 256;
const MOST_RECORDS = 4096;

/** Is this nothing but such records? */
export function isMultibootMap(bytes: Uint8Array): boolean {
  return readMultibootMap(bytes).left === 0 && bytes.length >= LEAST + 4;
}

/** The entries, and how many bytes behind the last whole record are left. */
export function readMultibootMap(bytes: Uint8Array): { readonly entries: readonly FirmwareEntry[]; readonly left: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: FirmwareEntry[] = [];
  let at = 0;
  while (at + 4 + LEAST <= bytes.length && entries.length < MOST_RECORDS) {
    const size = view.getUint32(at, true);
    if (size < LEAST || size > MOST || at + 4 + size > bytes.length) break;
    const [base, len] = [view.getBigUint64(at + 4, true), view.getBigUint64(at + 12, true)];
    const type = view.getUint32(at + 20, true);
    if (base + len > 1n << 64n || type === 0 || type > 0xffff) break;
    entries.push({ base, len, kind: e820Kind(BigInt(type)), type: String(type) });
    at += 4 + size;
  }
  return { entries, left: bytes.length - at };
}
