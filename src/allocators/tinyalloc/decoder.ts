// Reads a tinyalloc heap out of any memory: the descriptor table, its lists, and the blocks that they stand for.

import { hex, toNumber } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { BlockBuilder, BlockTable } from '../../snapshot/blocks';
import { DESCRIPTOR_STATES, type TinyallocBlock } from '../../snapshot/details';
import { FindingList } from '../../snapshot/findings';
import { metricsOf } from '../../snapshot/metrics';
import type { FreeList, HeapSnapshot } from '../../snapshot/snapshot';
import { ifmallocRecord, ukAllocView } from '../layers/decode';
import { withIfmalloc } from '../layers/ifmalloc';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions } from '../ukalloc';
import { checkExtent, checkFreeOrder, isPlausible, type Extent } from './checks';
import { tinyallocDetails } from './details';
import { Block, Heap, MOST_DESCRIPTORS, TABLE, Tinyalloc } from './layout';
import { walkLists, type Table, type WalkedList } from './lists';
import { tinyallocConfig, tinyallocProfile } from './profiles';
import { heapView, tinyallocView } from './structs';

/** The words of struct tinyalloc and Heap; undefined where they are absent. */
interface Words {
  readonly heap: bigint | undefined;
  readonly limit: bigint | undefined;
  readonly splitThresh: bigint | undefined;
  readonly alignment: bigint | undefined;
  readonly maxBlocks: bigint | undefined;
  readonly top: bigint | undefined;
  readonly blocks: bigint | undefined;
}

/** @param base address of the struct uk_alloc */
export function decode(reader: Reader, base: bigint, given: AllocatorOptions): HeapSnapshot {
  const options = withIfmalloc(given);
  const profile = tinyallocProfile(options.release);
  if (profile === undefined) throw new Error(`tinyalloc: no profile for release ${options.release}`);
  const config = tinyallocConfig(options.config);
  const layout = ukAllocLayout(ukAllocProfile(options.release), options.config);
  const priv = base + BigInt(layout.size);
  const findings = new FindingList();
  const words = readWords(reader, priv);
  const heap = priv + BigInt(Tinyalloc.size);
  const table = tableOf(words, priv, findings);
  const { lists, states } = walkLists(reader, heap, table, findings);
  const from = table.blocks + BigInt(Block.bytes * table.count);
  const limit = believableLimit(words.limit, base, priv, findings) ?? from;
  const extent: Extent = { from, top: words.top ?? from, limit };
  const { free, used, fresh } = lists;

  const alignment = words.alignment === undefined || words.alignment === 0n ? 1n : words.alignment;
  const blocks = new BlockBuilder();
  if (table.count > 0) {
    checkFreeOrder(free.entries, config, findings);
    checkExtent([...free.entries, ...used.entries], extent, findings);
    tellAlignment(words.alignment, priv, findings);
    blocks.add(base, Number((from < limit ? from : limit) - base), 'metadata');
    for (const block of free.entries) if (isPlausible(block, extent)) blocks.add(block.addr, Number(block.size), 'free');
    for (const block of used.entries) if (isPlausible(block, extent)) addUsed(reader, block, alignment, blocks, findings);
    if (!free.complete || !used.complete) addUnlisted(reader, table, states, extent, blocks);
    // What was never handed out has no descriptor, but is free all the same.
    if (extent.top >= from && extent.top < limit) blocks.add(extent.top, Number(limit - extent.top), 'free');
  }
  tellFresh(fresh, findings);
  findings.addAbsent(reader.absent);

  const tableOfBlocks = BlockTable.of(blocks);
  const largest = largestRequest(free, fresh, extent, alignment);
  return {
    allocator: 'tinyalloc',
    release: options.release,
    profile: profile.name,
    heap: base,
    areas: limit > base ? [{ base, end: limit, by: 'init' }] : [],
    blocks: tableOfBlocks,
    lists: [free, used, fresh].map(asFreeList),
    structs: [ukAllocView(reader, base, layout), tinyallocView(reader, priv), heapView(reader, heap, lists)],
    state: stateOf(words, free, used, fresh),
    metrics: metricsOf(tableOfBlocks, largest, []),
    findings: findings.all(),
    details: tinyallocDetails({ lists, states, table, extent, alignment, splitThresh: words.splitThresh ?? 0n, config }),
    absent: reader.absent,
  };
}

function readWords(reader: Reader, priv: bigint): Words {
  const at = (offset: number): bigint | undefined => reader.u64(priv + BigInt(offset));
  return {
    heap: at(Tinyalloc.heap),
    limit: at(Tinyalloc.heap_limit),
    splitThresh: at(Tinyalloc.heap_split_thresh),
    alignment: at(Tinyalloc.heap_alignment),
    maxBlocks: at(Tinyalloc.heap_max_blocks),
    top: at(Tinyalloc.size + Heap.top),
    blocks: at(Tinyalloc.size + Heap.blocks),
  };
}

/** The table, where the two structs agree on one; without descriptors where they do not. */
function tableOf(words: Words, priv: bigint, findings: FindingList): Table {
  const blocks = priv + BigInt(TABLE);
  const nothing = { blocks, count: 0 };
  if (words.heap === undefined || words.maxBlocks === undefined || words.blocks === undefined) {
    findings.add('error', 'absent', `the struct tinyalloc at ${hex(priv)} is not (whole) in the memory read`, priv);
    return nothing;
  }
  if (words.heap !== priv + BigInt(Tinyalloc.size) || words.blocks !== blocks) {
    const message = `the struct tinyalloc at ${hex(priv)} points to a Heap at ${hex(words.heap)} and that to a table at ${hex(words.blocks)}, not to ${hex(priv + BigInt(Tinyalloc.size))} and ${hex(blocks)}: no tinyalloc heap begins here`;
    findings.add('error', 'wild-pointer', message, priv);
    return nothing;
  }
  if (words.maxBlocks === 0n || words.maxBlocks > BigInt(MOST_DESCRIPTORS)) {
    const message = `heap_max_blocks is ${words.maxBlocks}: no table has so many descriptors`;
    findings.add('error', 'bad-count', message, priv + BigInt(Tinyalloc.heap_max_blocks));
    return nothing;
  }
  return { blocks, count: Number(words.maxBlocks) };
}

/** Every region ends within 2^47 bytes. */
const LARGEST = 2n ** 47n;

function believableLimit(limit: bigint | undefined, base: bigint, priv: bigint, findings: FindingList): bigint | undefined {
  if (limit === undefined || (limit > base && limit - base < LARGEST)) return limit;
  const message = `heap_limit is ${hex(limit)}: no region at ${hex(base)} ends there`;
  findings.add('error', 'wild-pointer', message, priv + BigInt(Tinyalloc.heap_limit));
  return undefined;
}

/** Where a list broke off, what the descriptors behind it stand for is known all the same, but not whether it is free. */
function addUnlisted(reader: Reader, table: Table, states: Uint8Array, extent: Extent, blocks: BlockBuilder): void {
  const none = DESCRIPTOR_STATES.indexOf('none');
  for (let i = states.indexOf(none); i >= 0; i = states.indexOf(none, i + 1)) {
    const descriptor = table.blocks + BigInt(Block.bytes * i);
    const [addr, size] = [Block.addr, Block.size].map((at) => reader.u64(descriptor + BigInt(at)) ?? 0n);
    const block = { descriptor, addr: addr!, size: size! };
    if (block.size > 0n && block.addr + block.size <= extent.top && isPlausible(block, extent)) {
      blocks.add(block.addr, Number(block.size), 'unread');
    }
  }
}

function addUsed(
  reader: Reader,
  { descriptor, addr, size }: TinyallocBlock,
  alignment: bigint,
  blocks: BlockBuilder,
  findings: FindingList,
): void {
  const record =
    size < 16n
      ? undefined
      : ifmallocRecord(reader, toNumber(addr), Number(size), (real) => roundedUp(BigInt(real), alignment) === size);
  const payload = addr + BigInt(record?.offset ?? 0);
  if (record === undefined) {
    const message = `block ${hex(addr)} (descriptor ${hex(descriptor)}) has no record of the ukalloc layer that agrees with it`;
    findings.add('warning', 'bad-record', message, addr);
  } else if (payload + BigInt(record.asked) > addr + size) {
    const message = `block ${hex(addr)} is 8 mod 16 and was aligned to 16: if it was asked for with an alignment of 8, the last ${payload + BigInt(record.asked) - addr - size} bytes of its ${record.asked} lie behind it`;
    findings.add('info', 'payload-overrun', message, addr + size);
  }
  blocks.add(addr, Number(size), 'used', -1, record?.asked ?? -1, payload);
}

function roundedUp(size: bigint, alignment: bigint): bigint {
  return BigInt.asUintN(64, (size + alignment - 1n) & -alignment);
}

function tellAlignment(alignment: bigint | undefined, priv: bigint, findings: FindingList): void {
  if (alignment === undefined || (alignment > 0n && (alignment & (alignment - 1n)) === 0n)) return;
  const message = `heap_alignment is ${alignment}, no power of two: sizes are rounded by a mask that is none`;
  findings.add('warning', 'bad-option', message, priv + BigInt(Tinyalloc.heap_alignment));
}

/** Init leaves addr and size of the descriptors as memory was; later only zeros come back. */
function tellFresh(fresh: WalkedList, findings: FindingList): void {
  const filled = fresh.entries.filter((d) => d.addr !== 0n || d.size !== 0n);
  if (filled.length === 0) return;
  const message = `${filled.length} fresh descriptors, from ${hex(filled[0]!.descriptor)} on, hold what was in memory before init: they were never used`;
  findings.add('info', 'fresh-not-zero', message, filled[0]!.descriptor);
}

/** Largest `uk_malloc` that gets a block: from a free one, by growing the one that ends at top, or from top. */
function largestRequest(free: WalkedList, fresh: WalkedList, { top, limit }: Extent, alignment: bigint): number {
  let largest = 0n;
  for (const { addr, size } of free.entries) {
    const room = addr + size >= top && limit > addr ? limit - addr : size;
    if (room > largest && room <= limit) largest = room;
  }
  if (fresh.entries.length > 0 && limit > top && limit - top > largest) largest = limit - top;
  return Math.max(0, Number(largest - (largest % alignment)) - 16);
}

function asFreeList({ name, head, entries, complete }: WalkedList): FreeList {
  const what = name === 'fresh' ? (e: TinyallocBlock) => e.descriptor : (e: TinyallocBlock) => e.addr;
  return { name, head, sizeClass: -1, memberSize: 0, entries: entries.map(what), complete };
}

function stateOf(words: Words, free: WalkedList, used: WalkedList, fresh: WalkedList): Record<string, unknown> {
  const pointer = (value: bigint | undefined): string | null => (value === undefined ? null : hex(value));
  const number = (value: bigint | undefined): number | null => (value === undefined ? null : Number(value));
  const list = ({ entries }: WalkedList): string[][] => entries.map((e) => [hex(e.descriptor), hex(e.addr), hex(e.size)]);
  return {
    heap: pointer(words.heap),
    limit: pointer(words.limit),
    split_thresh: number(words.splitThresh),
    alignment: number(words.alignment),
    max_blocks: number(words.maxBlocks),
    blocks: pointer(words.blocks),
    top: pointer(words.top),
    free: list(free),
    used: list(used),
    fresh: { count: fresh.entries.length, first: pointer(fresh.entries[0]?.descriptor) },
  };
}
