// Walks TLSF's memory from block to block: every area, from its info block to its sentinel, by the sizes in the headers.

import { hex, toBigInt, toNumber } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import { AreaInfo, FREE, Header, PREV_FREE, SIZE_MASK, Tlsf } from './layout';

/** More areas than anybody adds; a longer list is damage. */
const MOST_AREAS = 4096;
/** Headers that are read; a heap of smallest blocks in 128 MiB has as many. */
const MOST_BLOCKS = 2 ** 22;
/** So many headers of size 0 in a row are no wrapped requests but memory that holds no headers. */
const MOST_EMPTY = 16;

const PAYLOAD = BigInt(Header.payload);

export interface AreaRecord {
  /** Address of the area_info. */
  readonly info: bigint;
  /** Address of the sentinel's header. */
  readonly end: bigint;
}

/** The headers that were met, in the order of the walk. Columns: there may be millions. */
export class PhysicalBlocks {
  length = 0;
  /** Signed readings of addresses. */
  headers = new Float64Array(1024);
  /** Bytes of payload. */
  sizes = new Uint32Array(1024);
  flags = new Uint8Array(1024);
  /** Area of each header, an index into the areas. */
  areas = new Uint16Array(1024);
  /** For each area, where the walk ended: `end` when it reached the sentinel. */
  readonly reached: number[] = [];

  /** Returns the index. */
  add(header: number, size: number, flags: number, area: number): number {
    const i = this.length++;
    if (i === this.headers.length) this.grow();
    this.headers[i] = header;
    this.sizes[i] = size;
    this.flags[i] = flags;
    this.areas[i] = area;
    return i;
  }

  private grow(): void {
    const length = this.headers.length * 2;
    const larger = <T extends { set(from: T): void }>(to: T, from: T): T => (to.set(from), to);
    this.headers = larger(new Float64Array(length), this.headers);
    this.sizes = larger(new Uint32Array(length), this.sizes);
    this.flags = larger(new Uint8Array(length), this.flags);
    this.areas = larger(new Uint16Array(length), this.areas);
  }
}

/** The list from `area_head`. Areas that are none end it, with a finding. */
export function readAreas(reader: Reader, pool: bigint, findings: FindingList): AreaRecord[] {
  const areas: AreaRecord[] = [];
  const seen = new Set<bigint>();
  let link = pool + BigInt(Tlsf.area_head);
  while (areas.length < MOST_AREAS) {
    const info = reader.u64(link);
    if (info === undefined) {
      findings.add('warning', 'absent-link', `area_head: the link at ${hex(link)} is not in the memory read`, link);
      return areas;
    }
    if (info === 0n) return areas;
    if (seen.has(info)) {
      findings.add('error', 'list-cycle', `area_head: the area_info ${hex(info)} is on the list already: a cycle`, info);
      return areas;
    }
    seen.add(info);
    const end = reader.u64(info + BigInt(AreaInfo.end));
    if (end === undefined) {
      findings.add('warning', 'absent-link', `the area_info ${hex(info)} is not in the memory read`, info);
      return areas;
    }
    if (
      end < info + 2n * PAYLOAD ||
      end - info > 2n ** 33n ||
      (end - info) % 8n !== 0n ||
      info % 8n !== 0n ||
      !isCanonical(info)
    ) {
      const message = `the link at ${hex(link)} leads to ${hex(info)}, which is no area_info: its end is ${hex(end)}`;
      findings.add('error', 'wild-pointer', message, link);
      return areas;
    }
    areas.push({ info, end });
    link = info + BigInt(AreaInfo.next);
  }
  findings.add('error', 'list-too-long', `area_head: more than ${MOST_AREAS} areas`, link);
  return areas;
}

/** Follows the sizes through every area and says where they, or the flags, cannot be right. */
export function walkBlocks(reader: Reader, areas: readonly AreaRecord[], findings: FindingList): PhysicalBlocks {
  const blocks = new PhysicalBlocks();
  for (const [index, area] of areas.entries()) blocks.reached.push(walkArea(reader, area, index, blocks, findings));
  return blocks;
}

function walkArea(reader: Reader, area: AreaRecord, index: number, blocks: PhysicalBlocks, findings: FindingList): number {
  const end = toNumber(area.end);
  let header = toNumber(area.info - PAYLOAD);
  let empty = 0;
  let previous = -1;
  while (blocks.length < MOST_BLOCKS) {
    // The upper half of the word is masked off, in C as well.
    const word = reader.word(header + Header.size);
    if (word === undefined) {
      findings.add('warning', 'absent-block', `the block header at ${hex(header)} is not in the memory read`, toBigInt(header));
      return header;
    }
    const size = (word & SIZE_MASK) >>> 0;
    const flags = word & 7;
    const at = blocks.add(header, size, flags, index);
    checkNeighbours(reader, blocks, previous, at, findings);
    if (header === end) {
      checkSentinel(header, size, flags, findings);
      return header;
    }
    if (size % 16 !== 0) {
      findings.add('error', 'bad-size', `block ${hex(header)} has ${size} bytes, not a multiple of 16`, toBigInt(header + 8));
    }
    const next = header + Header.payload + size;
    if (next > end) {
      const message = `block ${hex(header)} has ${size} bytes and so ends at ${hex(next)}, past the area's sentinel at ${hex(area.end)}`;
      findings.add('error', 'size-past-area', message, toBigInt(header + 8));
      return header;
    }
    if (size === 0) {
      empty++;
      if (empty === MOST_EMPTY) {
        findings.add(
          'error',
          'no-headers',
          `from ${hex(blocks.headers[at - empty + 1]!)} on there are no block headers`,
          toBigInt(header),
        );
        return header;
      }
      if (empty === 1) {
        const why = 'a request near 2^64 wraps to 0 bytes and succeeds, and its record then lies over the next header';
        findings.add('error', 'empty-block', `block ${hex(header)} has 0 bytes: ${why}`, toBigInt(header + 8));
      }
    } else empty = 0;
    previous = at;
    header = next;
  }
  findings.add('error', 'too-many-blocks', `more than ${MOST_BLOCKS} block headers: the rest was not read`, toBigInt(header));
  return header;
}

function checkSentinel(header: number, size: number, flags: number, findings: FindingList): void {
  if (size !== 0)
    findings.add('error', 'bad-sentinel', `the sentinel at ${hex(header)} has ${size} bytes, not 0`, toBigInt(header + 8));
  if ((flags & FREE) !== 0)
    findings.add('error', 'bad-sentinel', `the sentinel at ${hex(header)} is marked free`, toBigInt(header + 8));
}

/** What a header says of the block before it, against what that one says of itself. */
function checkNeighbours(reader: Reader, blocks: PhysicalBlocks, previous: number, at: number, findings: FindingList): void {
  const header = blocks.headers[at]!;
  const previousFree = (blocks.flags[at]! & PREV_FREE) !== 0;
  if (previous < 0) {
    if (previousFree)
      findings.add('error', 'prev-free-flag', `the first block ${hex(header)} of an area has PREV_FREE`, toBigInt(header + 8));
    return;
  }
  const before = blocks.headers[previous]!;
  const isFree = (blocks.flags[previous]! & FREE) !== 0;
  if (previousFree !== isFree) {
    const said = previousFree ? 'has PREV_FREE' : 'lacks PREV_FREE';
    const message = `block ${hex(header)} ${said}, but the one before it, ${hex(before)}, is ${isFree ? 'free' : 'used'}`;
    findings.add('error', 'prev-free-flag', message, toBigInt(header + 8));
  }
  if (isFree && (blocks.flags[at]! & FREE) !== 0) {
    findings.add(
      'error',
      'free-neighbours',
      `${hex(before)} and ${hex(header)} are neighbours and both free: they were not merged`,
      toBigInt(header),
    );
  }
  if (!isFree || !previousFree) return;
  const link = reader.ptr(header);
  if (link !== undefined && link !== before) {
    const found = hex(reader.u64(toBigInt(header))!);
    const message = `prev_hdr of block ${hex(header)} is ${found}, the free block before it is ${hex(before)}`;
    findings.add('error', 'bad-prev-hdr', message, toBigInt(header));
  }
}

function isCanonical(address: bigint): boolean {
  return Math.abs(toNumber(address)) <= 2 ** 47;
}
