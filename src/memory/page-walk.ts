// Reading virtual addresses out of physical memory: x86_64's page tables of four levels.
//
//   address   63…48        47…39        38…30        29…21        20…12        11…0
//             sign         level 4      level 3      level 2      level 1      offset
//
//   entry     bit 0 present    bit 7 of levels 3 and 2: a page of 1 GiB or 2 MiB    bits 12…51 address    bit 63 no execute
//
// A dump may be damaged or hostile: a walk reads four entries and no more, and what is wrong in one is noted, not followed.
//
// Source: Intel SDM volume 3A, chapter 4.5.

import { hex } from './address';
import { readerOver, type AddressRange, type Reader } from './reader';

const PRESENT = 1n;
const LARGE = 0x80n;
const ADDRESS = 0x000f_ffff_ffff_f000n;
const ENTRIES = 512;
/** Bytes that one entry of each level maps; index 0 is unused. */
const SPAN = [0n, 1n << 12n, 1n << 21n, 1n << 30n, 1n << 39n] as const;
/** Oddities that are noted; a damaged table has thousands. */
const MOST_NOTED = 20;

export interface Translation {
  readonly physical: bigint;
  /** First address behind the page, virtual. */
  readonly end: bigint;
  /** 4 KiB, 2 MiB or 1 GiB. */
  readonly size: bigint;
  readonly writable: boolean;
}

/** A stretch of addresses that follow each other virtually and physically. */
export interface Mapping extends AddressRange {
  readonly physical: bigint;
  readonly writable: boolean;
}

export class PageWalk {
  private readonly physical: Reader;
  readonly root: bigint;
  private readonly noted = new Set<string>();

  /** @param root physical address of the level 4 table: CR3 without its flags */
  constructor(physical: Reader, root: bigint) {
    this.physical = physical;
    this.root = root & ADDRESS;
  }

  /** What was wrong in tables on the way, each once. */
  get oddities(): readonly string[] {
    return [...this.noted];
  }

  /** Undefined where nothing is mapped, where the address is not canonical, and where a table is not in the memory read. */
  translate(a: bigint): Translation | undefined {
    if (a >> 47n !== 0n && a >> 47n !== 0x1ffffn) return undefined;
    let table = this.root;
    let writable = true;
    for (let level = 4; ; level--) {
      const span = SPAN[level]!;
      const at = table + 8n * ((a / span) % BigInt(ENTRIES));
      const entry = this.physical.u64(at);
      if (entry === undefined) {
        this.note(`the level ${level} table at ${hex(table)} is not in the memory read`);
        return undefined;
      }
      if ((entry & PRESENT) === 0n) return undefined;
      writable &&= (entry & 2n) !== 0n;
      const next = entry & ADDRESS;
      const large = level > 1 && (entry & LARGE) !== 0n;
      if (level === 1 || (large && level < 4)) {
        const base = next & -span;
        if (large && (next & (span - 1n) & ~0x1000n) !== 0n) {
          this.note(
            `the entry at ${hex(at)}, ${hex(entry)}, names a page of ${span} bytes at an address that is no multiple of them`,
          );
          return undefined;
        }
        return { physical: base + (a % span), end: a - (a % span) + span, size: span, writable };
      }
      if (large) {
        this.note(`the level 4 entry at ${hex(at)}, ${hex(entry)}, has its page size bit set, which is reserved`);
        return undefined;
      }
      table = next;
    }
  }

  /** A reader of virtual addresses. */
  reader(): Reader {
    return readerOver((a, length) => {
      const found = this.translate(a);
      if (found === undefined) return undefined;
      const room = found.end - a;
      return this.partly(found.physical, room < BigInt(length) ? Number(room) : length);
    });
  }

  /** What is mapped, in ascending order, neighbours joined; at most `most` stretches, from at most `4096` tables. */
  mappings(most: number): Mapping[] {
    const found: { base: bigint; end: bigint; physical: bigint; writable: boolean }[] = [];
    let tables = 0;
    const visit = (table: bigint, level: number, base: bigint, writable: boolean): void => {
      if (++tables > 4096) return;
      for (let i = 0; i < ENTRIES && found.length <= most; i++) {
        const entry = this.physical.u64(table + BigInt(8 * i));
        if (entry === undefined || (entry & PRESENT) === 0n) continue;
        let start = base + BigInt(i) * SPAN[level]!;
        if (level === 4 && i >= 256) start += 0xffffn << 48n;
        const canWrite = writable && (entry & 2n) !== 0n;
        const target = entry & ADDRESS;
        if (level > 1 && (entry & LARGE) === 0n) {
          visit(target, level - 1, start, canWrite);
          continue;
        }
        const last = found.at(-1);
        const physical = target & -SPAN[level]!;
        const joins = last?.end === start && last.physical + (last.end - last.base) === physical && last.writable === canWrite;
        if (joins) last.end = start + SPAN[level]!;
        else found.push({ base: start, end: start + SPAN[level]!, physical, writable: canWrite });
      }
    };
    visit(this.root, 4, 0n, true);
    return found.slice(0, most);
  }

  /** At most `length` bytes: those up to a hole. */
  private partly(physical: bigint, length: number): Uint8Array | undefined {
    const whole = this.physical.bytes(physical, length);
    if (whole !== undefined) return whole;
    // A hole in the page: what stands before it, by halves.
    let [low, high] = [0, length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.physical.bytes(physical, middle) === undefined) high = middle;
      else low = middle;
    }
    return low === 0 ? undefined : this.physical.bytes(physical, low);
  }

  private note(text: string): void {
    if (this.noted.size < MOST_NOTED) this.noted.add(text);
  }
}
