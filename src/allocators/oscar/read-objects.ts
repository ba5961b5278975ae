// Reads the records of live objects (`lookup[]`) and the free address ranges in any memory.

import { hex, toBigInt, toNumber } from '../../memory/address';
import { u64At, type Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import { bucketOf, bucketOfNumber } from './hash';
import { Alias, FREE_VMA, ListHead, LOOKUP_SIZE, Vma } from './layout';
import { walkList } from './read-lists';

/** List heads that are read at once: a page of them. */
const HEADS_READ = 256;

/** A `struct alias` with its values. */
export interface AliasRecord {
  readonly address: bigint;
  readonly bucket: number;
  readonly alias: bigint;
  readonly origin: bigint;
  readonly size: bigint;
}

/** @param at its address, read as signed */
export function readAlias(reader: Reader, at: number, bucket: number): AliasRecord | undefined {
  const size = u64At(reader, at + Alias.size);
  const alias = u64At(reader, at + Alias.alias);
  const origin = u64At(reader, at + Alias.origin);
  if (size === undefined || alias === undefined || origin === undefined) return undefined;
  return { address: toBigInt(at), bucket, alias, origin, size };
}

/**
 * All entries of a table of buckets.
 *
 * @param name as C has it: `lookup`
 */
export function readAliases(reader: Reader, lookup: bigint, name: string, findings: FindingList): AliasRecord[] {
  const records: AliasRecord[] = [];
  const seen = new Set<number>();
  let view: DataView | undefined;
  const near = toNumber(lookup);
  // Nearly all heads point to themselves. They are told in halves: a bigint for each takes most of the time of a decode.
  const [low, high] = [Number(lookup & 0xffff_ffffn), Number(lookup >> 32n)];
  for (let bucket = 0; bucket < LOOKUP_SIZE; bucket++) {
    const offset = (bucket % HEADS_READ) * ListHead.size;
    if (offset === 0) {
      const first = lookup + BigInt(bucket * ListHead.size);
      const heads = reader.view(first, HEADS_READ * ListHead.size);
      view = heads && new DataView(heads.buffer, heads.byteOffset, heads.byteLength);
      if (view === undefined) findings.add('error', 'absent', `${name}[${bucket}] and on is not in the memory read`, first);
    }
    const at = low + bucket * ListHead.size;
    if (view === undefined || isEmpty(view, offset, at >>> 0, high + (at >= 2 ** 32 ? 1 : 0))) continue;
    const { links } = walkList(reader, near + bucket * ListHead.size, () => `${name}[${bucket}]`, seen, findings);
    for (const link of links) {
      const record = readAlias(reader, link, bucket);
      if (record !== undefined) records.push(record);
      else {
        const message = `${name}[${bucket}]: the record ${hex(link)} is not (whole) in the memory read`;
        findings.add('error', 'absent', message, toBigInt(link));
      }
    }
  }
  return records;
}

/** Do both links of a head point to the head itself, whose address is given in halves? */
function isEmpty(view: DataView, offset: number, low: number, high: number): boolean {
  return (
    view.getUint32(offset, true) === low &&
    view.getUint32(offset + 8, true) === low &&
    view.getUint32(offset + 4, true) === high &&
    view.getUint32(offset + 12, true) === high
  );
}

/** Entries that their pointer does not lead to: free and realloc do not find them. */
export function checkBuckets(records: readonly AliasRecord[], name: string, findings: FindingList): void {
  for (const r of records) {
    const near = toNumber(r.alias);
    const bucket = Number.isSafeInteger(near) ? bucketOfNumber(near) : bucketOf(r.alias);
    if (bucket === r.bucket) continue;
    findings.add(
      'error',
      'wrong-bucket',
      `${name}[${r.bucket}]: the record ${hex(r.address)} of ${hex(r.alias)} belongs into bucket ${bucket}: free() would not find it`,
      r.address + BigInt(Alias.alias),
    );
  }
}

/** A free address range with its `struct vma`. */
export interface VmaRecord {
  readonly address: bigint;
  readonly addr: bigint;
  readonly size: bigint;
}

export function readVma(reader: Reader, address: bigint): VmaRecord | undefined {
  const addr = reader.u64(address + BigInt(Vma.addr));
  const size = reader.u64(address + BigInt(Vma.size));
  return addr === undefined || size === undefined ? undefined : { address, addr, size };
}

/** The free ranges in list order, with what is wrong with each. */
export function readRanges(
  reader: Reader,
  head: bigint,
  start: bigint,
  end: bigint,
  findings: FindingList,
): { ranges: VmaRecord[]; complete: boolean } {
  const { links, complete } = walkList(reader, toNumber(head), () => 'vmem_free', new Set(), findings);
  const ranges = links.flatMap((link) => {
    const address = toBigInt(link - Vma.list);
    const vma = readVma(reader, address);
    if (vma === undefined) {
      findings.add('error', 'absent', `vmem_free: the struct vma ${hex(address)} is not (whole) in the memory read`, address);
      return [];
    }
    return isRange(vma, start, end, findings) ? [vma] : [];
  });
  const sorted = [...ranges].sort((a, b) => (a.addr < b.addr ? -1 : 1));
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1]!, sorted[i]!];
    if (before.addr + before.size > after.addr) {
      const message = `the free range from ${hex(after.addr)} on begins inside the one from ${hex(before.addr)} on: addresses would be handed out twice`;
      findings.add('error', 'ranges-overlap', message, after.address);
    }
  }
  return { ranges, complete };
}

function isRange(vma: VmaRecord, start: bigint, end: bigint, findings: FindingList): boolean {
  if (vma.size === BigInt(FREE_VMA.size) && vma.addr === BigInt(FREE_VMA.addr)) {
    findings.add(
      'error',
      'freed-record',
      `vmem_free: ${hex(vma.address)} is marked as a free record, but stands for a range`,
      vma.address,
    );
    return false;
  }
  if (vma.addr < start || vma.addr + vma.size > end || vma.size === 0n || vma.addr % 4096n !== 0n || vma.size % 4096n !== 0n) {
    const values = `addr ${hex(vma.addr)}, size ${hex(vma.size)}`;
    findings.add('error', 'bad-range', `vmem_free: ${hex(vma.address)} is no range of shadow pages (${values})`, vma.address);
    return false;
  }
  return true;
}
